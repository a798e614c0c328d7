import { openRun } from '../../sim/run.ts';
import { modelOf } from '../../viz/model/build_columns.ts';
import type { RunModel } from '../../viz/model/run_model.ts';
import { requestOf } from '../../viz/worker/request_of.ts';
import { headOf } from './story.ts';

/** The page's model of a run that was stopped on its way: without its end, which takes longer than the rest of a short run. */
export function runningModel(scenario: string, untilMs: number): RunModel {
  const run = openRun(requestOf({ scenario, seed: '1', options: {} }));
  run.runUntil(untilMs * 1_000_000);
  const { world } = run.cluster;
  return modelOf({
    info: { ...headOf({ virtualMs: untilMs }), lanes: world.lanes() },
    trace: world.trace,
  });
}
