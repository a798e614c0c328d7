/** A shrinker's thread: runs the candidates that it is handed, and says which of them still fail in the same way. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { RunRequest } from '../../../sim/run.ts';
import type { Scenario } from '../../../sim/scenario.ts';
import type { ShrinkCase } from '../../../sim/shrink/case.ts';
import { type ShrinkTarget, foundIn, runCandidate } from '../../../sim/shrink/search.ts';
import { encodeRunFile } from '../../../sim/trace/codec.ts';
import { findScenario } from '../../catalogue.ts';
import { scenarioIn } from '../scenario_file.ts';

export interface ShrinkWorkerData {
  /** What all candidates have in common; functions can't be handed over. */
  readonly base: Omit<RunRequest, 'scenario'>;
  readonly scenario: string;
  /** The scenario's file, as a person named it, and what to import, if it is none of the catalogue. */
  readonly file: { readonly path: string; readonly module: string } | null;
  readonly port: MessagePort;
  /** Counts answers, of all threads: whoever waits is woken. */
  readonly answers: Int32Array;
}

export interface ShrinkTask {
  readonly number: number;
  readonly candidate: ShrinkCase;
  readonly target: ShrinkTarget;
}

export interface ShrinkAnswer {
  readonly number: number;
  /** The encoded run; null if it does not have the violation. */
  readonly bytes: Uint8Array | null;
  /** What the run threw, if that is a finding of its own. */
  readonly error: string | null;
}

if (parentPort !== null) serve(workerData as ShrinkWorkerData);

function serve({ base, scenario: name, file, port, answers }: ShrinkWorkerData): void {
  const scenario = file === null ? findScenario(name) : scenarioIn(file.path, file.module);
  if (scenario === undefined) throw new Error(`the worker has no scenario ${name}`);
  port.on('message', (task: ShrinkTask) => {
    const answer = answerTo(task, { ...base, scenario });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    port.postMessage(answer);
    Atomics.add(answers, 0, 1);
    Atomics.notify(answers, 0);
  });
}

function answerTo(
  { number, candidate, target }: ShrinkTask,
  base: RunRequest & { scenario: Scenario },
): ShrinkAnswer {
  try {
    const run = runCandidate(base, candidate);
    const fails = run !== null && foundIn(run.info, target) !== undefined;
    return { number, bytes: fails ? encodeRunFile(run) : null, error: null };
  } catch (error) {
    return { number, bytes: null, error: String(error) };
  }
}
