import type { OpenRun, RunRequest } from '../run.ts';
import type { Intervention } from '../trace/run_info.ts';

/** What happens after the moment of a fork, beside what is given. */
export type Rest =
  /** The faults of the run that is forked go on as they were recorded. */
  | 'recorded'
  /** No faults but the given ones. */
  | 'nothing'
  /** The scenario's nemesis goes on, sees the changed world, and may do something else. Only for a run whose faults are its. */
  | 'nemesis';

export interface Fork {
  /**
   * Events before this virtual time are as they were; what is given for this time comes before all other events of the time, but
   * after the recorded faults of the time.
   */
  readonly atNs: number;
  readonly rest: Rest;
  readonly interventions: readonly Intervention[];
}

/** A fork that can't be: its interventions lie before it, or the nemesis it is to go on with did not do what was recorded. */
export class ForkError extends Error {
  override readonly name = 'ForkError';
}

/** The whole list of a fork as data. Not for `nemesis`, whose further faults are known only by running it. */
export function forkedList(
  recorded: readonly Intervention[],
  { atNs, rest, interventions }: Fork,
): readonly Intervention[] {
  checkTimes(atNs, interventions);
  const kept = rest === 'recorded' ? recorded : recorded.filter((each) => each.atNs < atNs);
  // Stable: at one time the recorded ones come first, and each list keeps its order.
  return [...kept, ...interventions].sort((a, b) => a.atNs - b.atNs);
}

function checkTimes(atNs: number, interventions: readonly Intervention[]): void {
  const early = interventions.find((each) => each.atNs < atNs);
  if (early === undefined) return;
  throw new ForkError(
    `${early.kind} at ${early.atNs} ns: a fork at ${atNs} ns changes nothing before its own time`,
  );
}

/**
 * Goes on otherwise from where an open run stands: just before `atNs`. `request` is what was opened. Afterwards `run.close()` gives the
 * fork's file, an ordinary one.
 */
export function goOnOtherwise(run: OpenRun, { atNs, rest, interventions }: Fork): void {
  const { cluster } = run;
  checkTimes(atNs, interventions);
  const { nowNs } = cluster.world.scheduler;
  if (nowNs >= atNs) throw new ForkError(`the run stands at ${nowNs} ns already, the fork is at ${atNs} ns`);
  if (rest === 'nothing') cluster.stopNemesis();
  cluster.scheduleInterventions([...interventions].sort((a, b) => a.atNs - b.atNs));
}

/** The request that runs a fork's beginning. With `nemesis` the scenario's own script runs from the start, else the record is played. */
export function beginningOf(request: RunRequest, recorded: readonly Intervention[], rest: Rest): RunRequest {
  const { interventions: _, ...live } = request;
  return rest === 'nemesis' ? live : { ...request, interventions: recorded };
}

/** Throws ForkError unless what the nemesis did until now is what was recorded. */
export function checkSameBeginning(run: OpenRun, recorded: readonly Intervention[], atNs: number): void {
  const before = JSON.stringify(recorded.filter((each) => each.atNs < atNs));
  if (JSON.stringify(run.cluster.interventions.record) === before) return;
  throw new ForkError(
    'the faults of this run are not those of its scenario (it was shortened or forked), so its nemesis can not go on; go on with the recorded faults, or with none',
  );
}
