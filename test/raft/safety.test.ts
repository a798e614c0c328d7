import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { World, type WorldOptions } from './world.ts';

const options: fc.Arbitrary<WorldOptions> = fc.record({
  async: fc.boolean(),
  preVote: fc.boolean(),
  checkQuorum: fc.boolean(),
  stepDownOnRemoval: fc.boolean(),
  messageBytesMax: fc.constantFrom(0, 40, 1_000_000),
  inflightMessagesMax: fc.constantFrom(1, 2, 512),
  committedBytesPerReadyMax: fc.constantFrom(1, 60, 1_000_000),
  gentle: fc.boolean(),
});
const decisions = fc.array(fc.nat({ max: 2 ** 31 - 1 }), { minLength: 500, maxLength: 3000, size: 'max' });

describe("the paper's five safety properties", () => {
  it('hold whatever is lost, repeated, reordered, crashed and reconfigured', () => {
    const sums = { elections: 0, commits: 0, crashes: 0, snapshots: 0, joint: 0, simple: 0 };
    fc.assert(
      fc.property(options, fc.nat(), decisions, (option, seed, history) => {
        const world = new World(option, seed);
        for (const decision of history) world.decide(decision);
        const { judge } = world;
        sums.elections += judge.elections;
        sums.commits += judge.commits;
        sums.crashes += judge.crashes;
        sums.snapshots += judge.snapshots;
        sums.joint += judge.jointChanges;
        sums.simple += judge.simpleChanges;
      }),
      { numRuns: 100, seed: 2014, endOnFailure: true },
    );
    // What never happened was not tested.
    expect(sums.elections).toBeGreaterThan(100);
    expect(sums.commits).toBeGreaterThan(1000);
    expect(sums.crashes).toBeGreaterThan(100);
    expect(sums.snapshots).toBeGreaterThan(20);
    expect(sums.joint).toBeGreaterThan(20);
    expect(sums.simple).toBeGreaterThan(20);
  });
});
