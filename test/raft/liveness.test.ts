import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { World, type WorldOptions } from './world.ts';

const calmTurnsMax = 600;

function options(overrides: Partial<WorldOptions>): WorldOptions {
  return {
    async: false,
    preVote: true,
    checkQuorum: true,
    stepDownOnRemoval: true,
    messageBytesMax: 1_000_000,
    inflightMessagesMax: 512,
    committedBytesPerReadyMax: 1_000_000,
    gentle: true,
    ...overrides,
  };
}

/**
 * Runs a calm world until a new proposal has reached every member of the configuration. Returns the turns it
 * took.
 */
function turnsToCommit(world: World): number {
  let target = 0;
  for (let turn = 1; turn <= calmTurnsMax; turn++) {
    world.calmTurn();
    // The highest term is the present one: an older leader may not have heard of it.
    const leaders = world.nodes.filter((node) => node.raw.role === 'leader');
    const leader = leaders.sort((a, b) => b.raw.term - a.raw.term)[0];
    if (leader === undefined) continue;
    if (target === 0 || turn % 50 === 0) {
      if (leader.raw.propose(new Uint8Array([turn])) !== null) continue;
      target = leader.raw.lastIndex;
    }
    const { config } = leader.raw.status();
    const members = world.nodes.filter(
      ({ id }) => config.voters.includes(id) || config.learners.includes(id),
    );
    if (members.every((node) => node.raw.appliedIndex >= target)) return turn;
  }
  return Infinity;
}

describe('liveness', () => {
  it('returns when the world calms down, whatever state it was left in', () => {
    const arbitrary = fc.record({
      async: fc.boolean(),
      messageBytesMax: fc.constantFrom(0, 40, 1_000_000),
      inflightMessagesMax: fc.constantFrom(1, 2, 512),
      committedBytesPerReadyMax: fc.constantFrom(1, 60, 1_000_000),
    });
    const decisions = fc.array(fc.nat({ max: 2 ** 31 - 1 }), {
      minLength: 300,
      maxLength: 2000,
      size: 'max',
    });
    fc.assert(
      fc.property(arbitrary, fc.nat(), decisions, (option, seed, history) => {
        const world = new World(options(option), seed);
        for (const decision of history) world.decide(decision);
        expect(turnsToCommit(world)).toBeLessThanOrEqual(calmTurnsMax);
      }),
      { numRuns: 60, seed: 5468, endOnFailure: true },
    );
  });

  it('a member that rejoins after a partition never deposes a healthy leader', () => {
    const cuts = fc.array(fc.record({ member: fc.nat({ max: 2 }), turns: fc.integer({ min: 1, max: 80 }) }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(fc.nat(), cuts, (seed, partitions) => {
        const world = new World(options({}), seed);
        expect(turnsToCommit(world)).toBeLessThanOrEqual(calmTurnsMax);
        const leader = world.nodes.find((node) => node.raw.role === 'leader');
        const term = leader?.raw.term;
        for (const { member, turns } of partitions) {
          const cut = world.nodes[member]?.id;
          const calm = cut === leader?.id ? 0 : turns;
          for (let i = 0; i < calm; i++) world.calmTurn(cut);
          for (let i = 0; i < 40; i++) world.calmTurn();
          expect(leader?.raw.role).toBe('leader');
          expect(leader?.raw.term).toBe(term);
        }
      }),
      { numRuns: 60, seed: 8501, endOnFailure: true },
    );
  });

  it('without them it does: the test above can fail', () => {
    const world = new World(options({ preVote: false, checkQuorum: false }), 1);
    turnsToCommit(world);
    const leader = world.nodes.find((node) => node.raw.role === 'leader');
    const other = world.nodes.find((node) => node.id !== leader?.id);
    const term = leader?.raw.term ?? 0;
    for (let i = 0; i < 80; i++) world.calmTurn(other?.id);
    for (let i = 0; i < 40; i++) world.calmTurn();
    expect(leader?.raw.term).toBeGreaterThan(term);
  });
});
