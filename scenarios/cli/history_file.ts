import { writeFileSync } from 'node:fs';
import { writeJsonLines } from '../../sim/checkers/history/json_lines.ts';
import { etcdHistoryOf } from '../../sim/history.ts';
import { type RunRequest, openRun } from '../../sim/run.ts';
import { failureReason } from './failure_reason.ts';
import { UsageError } from './usage_error.ts';

/** Writes what the clients of a run saw as JSON lines. Runs it again: the same request has the same history. */
export function writeHistory(path: string, request: RunRequest): void {
  const run = openRun(request);
  run.finish();
  const { fastestPpm: fastPpm, slowestPpm: slowPpm } = run.cluster.interventions.clocks;
  const history = { ...etcdHistoryOf(run.cluster.history), clocks: { fastPpm, slowPpm } };
  try {
    writeFileSync(path, writeJsonLines(history));
  } catch (error) {
    throw new UsageError(`--history ${path}: can't write there: ${failureReason(error)}`);
  }
}
