import { RandomStream } from '../random.ts';
import { type RunRequest, runScenario } from '../run.ts';
import { nsPerMs } from '../script.ts';
import { signatureOf } from '../swarm/signature.ts';
import type { RunFile } from '../trace/codec.ts';
import type { Intervention } from '../trace/run_info.ts';
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
  readonly failures: ReadonlyMap<string, RunFile>;
}

/** One run in so many is of the kind that found less lately, for that may change. */
const otherShare = 4;

/** What runs of one kind found lately: new states per run, of which the last run counts a quarter. */
class Yield {
  private recent = Infinity;

  get perRun(): number {
    return this.recent;
  }

  add(newStates: number): void {
    this.recent = this.recent === Infinity ? newStates : (3 * this.recent + newStates) / 4;
  }
}

/**
 * Runs of one scenario that prefer what leads to new states: a run that reaches one is kept, and its list of faults is changed in a few
 * places and run again, with its seed. Whether the next run is such a one or of a new seed goes by what either found lately. With the same options and the same number of runs the search is the same.
 */
export function exploreGuided(request: RunRequest, options: GuidedOptions): Covered {
  const random = new RandomStream(`explore/${options.seed}`);
  const members = request.members ?? request.scenario.members;
  const endNs = (request.durationMs ?? request.scenario.durationMs) * nsPerMs;
  const states = new Set<string>();
  const kept: Kept[] = [];
  const failures = new Map<string, RunFile>();
  const [ofSeeds, ofMutants] = [new Yield(), new Yield()];
  let [runs, mutants, seeds] = [0, 0, 0];
  const now = (): Covered => ({ runs, mutants, states: states.size, kept, failures });
  while (options.goOn(runs)) {
    const isBetter = ofSeeds.perRun >= ofMutants.perRun;
    const isFresh = !options.guided || kept.length === 0 || isBetter !== random.chance(1, otherShare);
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
    (parent === null ? ofSeeds : ofMutants).add(newStates);
    if (newStates > 0) kept.push({ seed, interventions: file.info.interventions, newStates });
    for (const { check, sentence } of file.info.verdict.violations) {
      const signature = signatureOf(check, sentence);
      if (!failures.has(signature)) failures.set(signature, file);
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
