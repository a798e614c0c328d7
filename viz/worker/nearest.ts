import { runScenario } from '../../sim/run.ts';
import type { RunFile } from '../../sim/trace/codec.ts';
import type { NearestRequest } from '../worker_protocol.ts';
import { requestOf } from './request_of.ts';

/** So many runs are tried, at most: a long list would take minutes. */
export const nearestRunsMax = 60;

export interface Nearest {
  readonly file: RunFile;
  /** The intervention (from 0) that it does without. */
  readonly without: number;
}

/**
 * The run with one intervention fewer that passes and differs last: those that were done last are left out first. Notes and goals
 * change nothing and stay. Null if none passes.
 */
export function nearestPassing(
  spec: NearestRequest['spec'],
  tried: (runs: number, of: number) => void,
): Nearest | null {
  const { interventions } = spec;
  const places = [...interventions.keys()]
    .filter((at) => !['note', 'goal'].includes(interventions[at]?.kind ?? ''))
    .reverse()
    .slice(0, nearestRunsMax);
  for (const [runs, without] of places.entries()) {
    tried(runs, places.length);
    const file = runScenario(requestOf({ ...spec, interventions: interventions.toSpliced(without, 1) }));
    if (file.info.verdict.passed) return { file, without };
  }
  return null;
}
