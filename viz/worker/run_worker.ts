import { isBugId } from '../../core/bugs.ts';
import { clientsMax, durationMsMax, membersMax } from '../../core/limits.ts';
import { catalogue, findScenario } from '../../scenarios/catalogue.ts';
import { runScenario } from '../../sim/run.ts';
import { encodeRunFile } from '../../sim/trace/codec.ts';
import type { LiveOptions, RunRequest, WorkerMessage, WorkerRequest } from '../worker_protocol.ts';

/** Runs scenarios in the browser: the same code, so the same digests, as the command line. */
const scope = self as unknown as DedicatedWorkerGlobalScope;
const durationMsMin = 1000;

function post(message: WorkerMessage, transfer: Transferable[] = []): void {
  scope.postMessage(message, transfer);
}

scope.addEventListener('message', ({ data }: MessageEvent<WorkerRequest>) => {
  if (data.type === 'catalogue') {
    post({ type: 'catalogue', scenarios: catalogue.map(({ name, sentence }) => ({ name, sentence })) });
    return;
  }
  const mistake = mistakeIn(data);
  if (mistake === null) run(data);
  else post({ type: 'error', text: mistake });
});

/** A link is a person's input: what is wrong with it is said in a sentence. */
function mistakeIn({ scenario, seed, options }: RunRequest): string | null {
  if (findScenario(scenario) === undefined) {
    return `there is no scenario "${scenario}"; there are ${catalogue.map(({ name }) => name).join(', ')}`;
  }
  if (!/^\d{1,16}$/.test(seed)) return `seed: expected a whole number, got "${seed}"`;
  const unknown = options.bugs?.find((bug) => !isBugId(bug));
  if (unknown !== undefined) return `there is no planted bug "${unknown}"`;
  return (
    outside(options, 'members', 1, membersMax) ??
    outside(options, 'clients', 1, clientsMax) ??
    outside(options, 'durationMs', durationMsMin, durationMsMax)
  );
}

function outside(
  options: LiveOptions,
  name: 'members' | 'clients' | 'durationMs',
  low: number,
  high: number,
): string | null {
  const value = options[name];
  if (value === undefined || (Number.isInteger(value) && value >= low && value <= high)) return null;
  return `${name}: expected a whole number from ${low} to ${high}, got ${value}`;
}

function run({ scenario: name, seed, options }: RunRequest): void {
  const scenario = findScenario(name);
  if (scenario === undefined) return;
  const { members, clients, durationMs } = options;
  const request = {
    scenario,
    seed: String(Number(seed)),
    bugs: (options.bugs ?? []).filter(isBugId),
    ...(members === undefined ? {} : { members }),
    ...(clients === undefined ? {} : { clients }),
    ...(durationMs === undefined ? {} : { durationMs }),
  };
  const file = runScenario(request, (nowNs, endNs) => {
    post({ type: 'progress', virtualMs: nowNs / 1e6, durationMs: endNs / 1e6, events: 0 });
  });
  const bytes = encodeRunFile(file);
  post({ type: 'result', bytes }, [bytes.buffer]);
}
