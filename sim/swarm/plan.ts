import { assert } from '../../core/base/assert.ts';

/** Which runs a swarm makes, as data: the same plan names the same runs in the same order on every machine. */
export interface SwarmPlan {
  readonly scenarios: readonly string[];
  readonly firstSeed: number;
  /** Runs of all shards together, without canaries; Infinity for a swarm that ends by the clock. */
  readonly runs: number;
  readonly shard: Shard;
  /** A canary follows after every so many runs of this shard; 0 for none. */
  readonly canaryEvery: number;
}

/** One of `count` parts of a campaign, from 1. */
export interface Shard {
  readonly number: number;
  readonly count: number;
}

export interface SwarmRun {
  readonly scenario: string;
  readonly seed: string;
  /** Runs with a planted bug that must be found: whoever finds nothing in these finds nothing. */
  readonly canary: boolean;
}

/**
 * A planted bug and a scenario that is good at finding it (20 of 20 seeds, measured), so that a swarm that misses it is broken itself.
 * TigerBeetle's fleet has such a one.
 */
export const canary = { bug: 'respond-before-fsync', scenario: 'power-failure' } as const;

/** Runs between two canaries: one in 21 runs is one. */
export const canaryInterval = 20;

/** From this size on a swarm has canaries unless it is told not to. */
export const canaryRunsMin = 200;

/**
 * The runs of one shard. Seeds go up in rounds, in each of which every scenario has its turn with the same seed. A shard takes every
 * `count`th scenario of a round, another one in the next round, so that each sees all scenarios.
 */
export function* swarmRuns(plan: SwarmPlan): Generator<SwarmRun, void, undefined> {
  const { scenarios, firstSeed, shard, canaryEvery } = plan;
  assert(scenarios.length > 0, 'a swarm has a scenario');
  assert(shard.number >= 1 && shard.number <= shard.count, 'a shard is one of its count');
  let own = 0;
  for (let run = 0; run < plan.runs; run++) {
    const position = run % scenarios.length;
    const round = (run - position) / scenarios.length;
    if ((round + position) % shard.count !== shard.number - 1) continue;
    yield { scenario: scenarios[position] as string, seed: String(firstSeed + round), canary: false };
    own++;
    // In the middle of each interval, so that a swarm that ends by the clock meets one early.
    if (canaryEvery > 0 && own % canaryEvery === canaryEvery >> 1) {
      const seed = firstSeed + Math.floor(own / canaryEvery) * shard.count + shard.number - 1;
      yield { scenario: canary.scenario, seed: String(seed), canary: true };
    }
  }
}
