import { type RunRequest, runScenario } from '../../sim/run.ts';
import type { RunFile } from '../../sim/trace/codec.ts';
import { Progress } from './progress.ts';

export interface Executed {
  readonly file: RunFile;
  readonly wallMs: number;
}

/** Runs with progress on the terminal and takes the time. */
export function execute(request: RunRequest, showProgress: boolean): Executed {
  const progress = new Progress(request.scenario.name, showProgress);
  const startMs = performance.now();
  const file = runScenario(request, (nowNs, endNs) => progress.update(nowNs, endNs));
  progress.clear();
  return { file, wallMs: performance.now() - startMs };
}
