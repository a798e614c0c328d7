import type { RunInfo } from '../../sim/trace/run_info.ts';
import type { WorkerMessage } from '../worker_protocol.ts';
import type { LookRequest, MemberLook } from './member_look.ts';

type WorkerClass = new () => Worker;

// The glob is empty in a build without the worker, and in the standalone page, which must not ask for other files.
const workers = import.meta.glob<WorkerClass>('../worker/run_worker.ts', {
  query: '?worker',
  import: 'default',
  eager: true,
});

interface Question {
  readonly request: LookRequest;
  readonly answer: (look: MemberLook | string) => void;
}

/** Asks the worker what is in members' memories. One question is under way at a time, and of those that wait only the last counts. */
class LookSource {
  private worker: Worker | null = null;
  private asked: Question | null = null;
  private next: Question | null = null;

  /** The look, or a sentence that says why there is none. A question that a later one overtakes is never answered. */
  ask(request: LookRequest, answer: Question['answer']): void {
    const question = { request, answer };
    if (this.asked !== null) this.next = question;
    else this.send(question);
  }

  close(): void {
    this.worker?.terminate();
    this.worker = null;
    this.asked = null;
    this.next = null;
  }

  private send(question: Question): void {
    const worker = this.worker ?? this.start();
    if (worker === null) {
      question.answer('the worker that runs scenarios could not be started');
      return;
    }
    this.asked = question;
    worker.postMessage(question.request, []);
  }

  private start(): Worker | null {
    const [Made] = Object.values(workers);
    if (Made === undefined) return null;
    const worker = new Made();
    worker.addEventListener('message', ({ data }: MessageEvent<WorkerMessage>) => {
      if (data.type === 'look') this.heard(data);
      else if (data.type === 'error') this.heard(data.text);
    });
    worker.addEventListener('error', (event) => {
      this.heard(event.message || 'the worker that runs scenarios could not be started');
    });
    this.worker = worker;
    return worker;
  }

  private heard(answer: MemberLook | string): void {
    const { asked, next } = this;
    this.asked = null;
    this.next = null;
    if (next === null) asked?.answer(answer);
    else this.send(next);
  }
}

/** One for the page: a world in memory is large, and so is the worker. */
export const lookSource = new LookSource();

/** Why a run can't be run again here, in a sentence; null if it can. */
export function whyNoLook({ options }: RunInfo): string | null {
  const { imported, source } = options;
  if (imported !== undefined && imported.length > 0)
    return 'This run was recorded on directories from outside, which the trace does not hold.';
  if (source !== undefined)
    return `This run\u2019s scenario is in a file of its own, ${source.file}, which this page does not have.`;
  if (location.protocol === 'file:' || Object.keys(workers).length === 0)
    return 'This page is a single file without the simulator. Open the trace in the page that `npm run viz` serves.';
  return null;
}

export function lookRequest(info: RunInfo, member: number, atNs: number): LookRequest {
  const { members, clients, durationMs, bugs, load } = info.options;
  return {
    type: 'look',
    spec: {
      scenario: info.scenario,
      seed: info.seed,
      options: { members, clients, durationMs, bugs, ...(load === undefined ? {} : { load }) },
      interventions: info.interventions,
    },
    member,
    atNs,
  };
}
