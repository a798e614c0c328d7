import { RandomStream } from '../random.ts';
import { type RunRequest, runScenario } from '../run.ts';
import { nsPerMs } from '../script.ts';
import { signatureOf } from '../swarm/signature.ts';
import type { Intervention, RunInfo } from '../trace/run_info.ts';
import { coverageOf } from './coverage.ts';
import { mutated } from './mutate.ts';

export interface GuidedOptions {
  /** Names the search's own random stream. */
  readonly seed: string;
  /** False: every run is of a new seed, for comparison. */
  readonly guided: boolean;
  /** Asked before every run. */
  readonly goOn: (runs: number) => boolean;
  readonly onRun?: (covered: Covered) => void;
}

/** A run that reached something new: its seed and its faults make it again. */
export interface Kept {
  readonly seed: string;
  readonly interventions: readonly Intervention[];
  /** Abstract states that no run before it had reached. */
  readonly newStates: number;
}

export interface Covered {
  readonly runs: number;
  /** Of these, those whose faults were another run's, changed. */
  readonly mutants: number;
  readonly states: number;
  /** Runs that reached something new. */
  readonly kept: readonly Kept[];
  /** By signature: the first run with this violation. */
  readonly failures: ReadonlyMap<string, RunInfo>;
}

/** One run in so many is of a new seed, so that the search does not stay where it began. */
const freshShare = 4;

/**
 * Runs of one scenario that prefer what leads to new states: a run that reaches one is kept, and its list of faults is changed in a few
 * places and run again, with its seed. With the same options and the same number of runs the search is the same.
 */
export function exploreGuided(request: RunRequest, options: GuidedOptions): Covered {
  const random = new RandomStream(`explore/${options.seed}`);
  const members = request.members ?? request.scenario.members;
  const endNs = (request.durationMs ?? request.scenario.durationMs) * nsPerMs;
  const states = new Set<string>();
  const kept: Kept[] = [];
  const failures = new Map<string, RunInfo>();
  let [runs, mutants, seeds] = [0, 0, 0];
  const now = (): Covered => ({ runs, mutants, states: states.size, kept, failures });
  while (options.goOn(runs)) {
    const isFresh = !options.guided || kept.length === 0 || random.chance(1, freshShare);
    const parent = isFresh ? null : pickKept(kept, random);
    const seed = parent === null ? `${options.seed}.${seeds++}` : parent.seed;
    const { interventions: _, ...live } = request;
    const candidate =
      parent === null
        ? { ...live, seed }
        : {
            ...live,
            seed,
            interventions: mutated(
              parent.interventions,
              random.pick(kept).interventions,
              { members, endNs },
              random,
            ),
          };
    const file = runScenario(candidate);
    runs++;
    if (parent !== null) mutants++;
    const before = states.size;
    for (const state of coverageOf(file)) states.add(state);
    const newStates = states.size - before;
    if (newStates > 0) kept.push({ seed, interventions: file.info.interventions, newStates });
    for (const { check, sentence } of file.info.verdict.violations) {
      const signature = signatureOf(check, sentence);
      if (!failures.has(signature)) failures.set(signature, file.info);
    }
    options.onRun?.(now());
  }
  return now();
}

/** Mostly of the newest: what was new lately is nearest to what nobody has seen. */
function pickKept(kept: readonly Kept[], random: RandomStream): Kept {
  const newest = kept.slice(-8);
  return random.chance(2, 3) ? random.pick(newest) : random.pick(kept);
}
