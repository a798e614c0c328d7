import type { CallResult, Observed, ScenarioCheck, Workload, WorkloadClient } from '../../sim/scenario.ts';
import { type Script, nsPerMs } from '../../sim/script.ts';

/** Longer than any answer takes while all is well, and shorter than an election. */
const answerMsMax = 1000;

const topic = 'late-answer';

/**
 * The same workload, whose clients write down what they waited for too long. They begin to look when they have had a first answer: until
 * then there may be no leader.
 */
export function expectingAnswers(workload: Workload): Workload {
  return (client) => workload(new ExpectingClient(client));
}

class ExpectingClient implements WorkloadClient {
  private readonly client: WorkloadClient;
  private isServed = false;

  constructor(client: WorkloadClient) {
    this.client = client;
  }

  get number(): number {
    return this.client.number;
  }

  get random(): WorkloadClient['random'] {
    return this.client.random;
  }

  get etcd(): WorkloadClient['etcd'] {
    return this.client.etcd;
  }

  get over(): boolean {
    return this.client.over;
  }

  v2(...asked: Parameters<WorkloadClient['v2']>): ReturnType<WorkloadClient['v2']> {
    return this.client.v2(...asked);
  }

  v2Watch(...asked: Parameters<WorkloadClient['v2Watch']>): ReturnType<WorkloadClient['v2Watch']> {
    return this.client.v2Watch(...asked);
  }

  note(about: string, data: unknown): void {
    this.client.note(about, data);
  }

  sleep(ms: number): Script {
    return this.client.sleep(ms);
  }

  get(key: string): Script<CallResult<string | null>> {
    return this.timed(`get(${key})`, this.client.get(key));
  }

  put(key: string, value: string): Script<CallResult<null>> {
    return this.timed(`put(${key})`, this.client.put(key, value));
  }

  delete(key: string): Script<CallResult<boolean>> {
    return this.timed(`delete(${key})`, this.client.delete(key));
  }

  compareAndSwap(key: string, expected: string | null, value: string): Script<CallResult<boolean>> {
    return this.timed(`swap(${key})`, this.client.compareAndSwap(key, expected, value));
  }

  private *timed<Value>(what: string, call: Script<CallResult<Value>>): Script<CallResult<Value>> {
    const begunNs = yield* this.client.etcd.now();
    const result = yield* call;
    const tookMs = ((yield* this.client.etcd.now()) - begunNs) / nsPerMs;
    if (this.isServed && tookMs > answerMsMax) this.note(topic, { what, ms: Math.round(tookMs) });
    this.isServed ||= result.status === 'ok';
    return result;
  }
}

/** For stories without faults: whoever asks is answered soon. */
export function judgeAnswers(observed: Observed): ScenarioCheck[] {
  const late = observed.notes.filter((note) => note.topic === topic);
  return [
    {
      name: 'answers without further traffic',
      guarantee: `While every member runs and every link works, each request is answered within ${answerMsMax / 1000} s, whether anybody else asks anything or not (liveness).`,
      detail: observed.clients === 1 ? '1 client' : `${observed.clients} clients`,
      violations: late.map(({ client, ns, data }) => {
        const { what, ms } = data as { readonly what: string; readonly ms: number };
        return { sentence: `c${client} waited ${ms} ms for ${what}, and nothing was wrong`, atNs: ns };
      }),
    },
  ];
}
