import { catalogue, unlisted } from '../../scenarios/catalogue.ts';
import { runScenario } from '../../sim/run.ts';
import { type RunFile, encodeRunFile } from '../../sim/trace/codec.ts';
import { buffersOf } from '../load/load_protocol.ts';
import type { LiveState, RunRequest, WorkerMessage, WorkerRequest } from '../worker_protocol.ts';
import { LiveSession } from './live_session.ts';
import { nearestPassing } from './nearest.ts';
import { entryOf } from './catalogue_entry.ts';
import { galleryForPage } from './exhibits.ts';
import { swarmReport } from './swarm_report.ts';
import { requestOf } from './request_of.ts';
import { StateDesk } from './state_desk.ts';

/** Runs scenarios in the browser: the same code, so the same digests, as the command line. One worker has one live run at most. */
const scope = self as unknown as DedicatedWorkerGlobalScope;
let live: LiveSession | null = null;
const desk = new StateDesk();
let preparing = false;

function post(message: WorkerMessage, transfer: Transferable[] = []): void {
  scope.postMessage(message, transfer);
}

scope.addEventListener('message', ({ data }: MessageEvent<WorkerRequest>) => {
  try {
    answer(data);
  } catch (error) {
    // A link is a person's input: what is wrong with it is said in a sentence.
    post({ type: 'error', text: error instanceof Error ? error.message : String(error) });
  }
});

function answer(request: WorkerRequest): void {
  switch (request.type) {
    case 'catalogue':
      post({ type: 'catalogue', scenarios: catalogue.map(entryOf), unlisted: unlisted.map(entryOf) });
      return;
    case 'gallery':
      post(galleryForPage());
      return;
    case 'swarm':
      post(swarmReport(request));
      return;
    case 'run':
      run(request);
      return;
    case 'nearest': {
      const found = nearestPassing(request.spec, (runs, of) =>
        post({ type: 'progress', virtualMs: runs, durationMs: of, events: 0 }),
      );
      if (found === null) throw new Error('no run with one intervention fewer passes');
      const bytes = encodeRunFile(found.file);
      post({ type: 'nearest', bytes, without: found.without }, [bytes.buffer]);
      return;
    }
    case 'live':
      live = new LiveSession(request.spec, request.fork ?? null);
      tell(live.advance(request.toNs));
      return;
    case 'advance':
      tell(opened().advance(request.toNs));
      return;
    case 'step':
      tell(opened().step());
      return;
    case 'act':
      tell(opened().act(request.actions));
      return;
    case 'look':
      post(desk.look(request));
      prepare();
      return;
    case 'finish':
      give(opened().finish());
  }
}

/** Between questions: the next one shall be answered quicker. */
function prepare(): void {
  if (preparing) return;
  preparing = true;
  setTimeout(() => {
    preparing = false;
    if (desk.prepare()) prepare();
  }, 0);
}

function opened(): LiveSession {
  if (live === null) throw new Error('there is no live run');
  return live;
}

function tell(state: LiveState): void {
  post(state, buffersOf(state.slice));
}

function give(file: RunFile): void {
  const bytes = encodeRunFile(file);
  post({ type: 'result', bytes }, [bytes.buffer]);
}

function run(spec: RunRequest): void {
  give(
    runScenario(requestOf(spec), (nowNs, endNs) => {
      post({ type: 'progress', virtualMs: nowNs / 1e6, durationMs: endNs / 1e6, events: 0 });
    }),
  );
}
