import { writeFileSync } from 'node:fs';
import { toEtcdOperation } from '../../sim/checkers/history/kv_conversion.ts';
import { writeJsonLines } from '../../sim/checkers/history/json_lines.ts';
import { historyOf } from '../../sim/history.ts';
import { type RunRequest, openRun } from '../../sim/run.ts';
import { failureReason } from './failure_reason.ts';
import { UsageError } from './usage_error.ts';

/** Writes what the clients of a run saw as JSON lines. Runs it again: the same request has the same history. */
export function writeHistory(path: string, request: RunRequest): void {
  const run = openRun(request);
  run.finish();
  const operations = historyOf(run.cluster.history.calls).map(toEtcdOperation);
  try {
    writeFileSync(path, writeJsonLines({ operations, watches: [] }));
  } catch (error) {
    throw new UsageError(`--history ${path}: can't write there: ${failureReason(error)}`);
  }
}
