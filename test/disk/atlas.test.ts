import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Atlas, harmOfDamage, type DamageKind } from '../../sim/disk/atlas.ts';

const voters = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

/** How many members, one after the other, may have the fault. */
function allowed(count: number, kind: DamageKind): number {
  const atlas = new Atlas(voters(count), 'recoverable');
  return voters(count).filter((member) => atlas.damage(kind, [member])).length;
}

describe('the atlas', () => {
  it('lets a minority of members fail so that they see it', () => {
    expect([1, 2, 3, 4, 5, 6, 7].map((count) => allowed(count, 'bitRot'))).toEqual([0, 0, 1, 1, 2, 2, 3]);
    expect([1, 3, 5].map((count) => allowed(count, 'slow'))).toEqual([1, 3, 5]);
  });

  it('lets members forget only where those who never knew and they are no quorum', () => {
    expect([1, 2, 3, 4, 5, 6, 7].map((count) => allowed(count, 'wipe'))).toEqual([0, 0, 0, 1, 0, 1, 0]);
  });

  it('counts members, not faults, and the worst of a member', () => {
    const atlas = new Atlas(voters(6), 'recoverable');
    expect(atlas.damage('bitRot', [2])).toBe(true);
    expect(atlas.damage('readError', [2])).toBe(true);
    expect(atlas.damage('lyingSync', [2])).toBe(true);
    expect(atlas.damage('bitRot', [2])).toBe(true);
    expect(atlas.damaged()).toEqual([{ member: 2, harm: 'forgets' }]);
    expect(atlas.allows('staleRead', [3])).toBe(false);
    expect(atlas.damage('stall', [3])).toBe(true);
    expect(atlas.damage('stall', [1])).toBe(false);
    expect(atlas.exceeded).toBe(false);
  });

  it('never lets a state become wrong: no quorum helps a client that reads it', () => {
    expect([1, 3, 4, 6, 7].map((count) => allowed(count, 'stateRot'))).toEqual([0, 0, 0, 0, 0]);
    const atlas = new Atlas(voters(7), 'unrestricted');
    expect(atlas.damage('stateRot', [1])).toBe(true);
    expect([atlas.safetyLost, atlas.availabilityLost]).toEqual([true, false]);
  });

  it('counts both members of a swap', () => {
    expect(new Atlas(voters(3), 'recoverable').allows('swap', [1, 2])).toBe(false);
    expect(new Atlas(voters(5), 'recoverable').allows('swap', [1, 2])).toBe(true);
  });

  it('frees the place of a member that was repaired or removed', () => {
    const atlas = new Atlas(voters(3), 'recoverable');
    expect(atlas.damage('bitRot', [1])).toBe(true);
    expect(atlas.damage('bitRot', [2])).toBe(false);
    atlas.repaired(1);
    expect(atlas.damage('bitRot', [2])).toBe(true);
    atlas.setVoters([3, 4, 1]);
    expect(atlas.damage('bitRot', [3])).toBe(true);
    expect(atlas.exceeded).toBe(false);
    atlas.setVoters([3]);
    expect(atlas.exceeded).toBe(true);
  });

  it('without restriction allows all, and says when nothing is promised any more', () => {
    const atlas = new Atlas(voters(3), 'unrestricted');
    expect(atlas.damage('bitRot', [1])).toBe(true);
    expect(atlas.exceeded).toBe(false);
    expect(atlas.damage('wipe', [2])).toBe(true);
    expect(atlas.exceeded).toBe(true);
    atlas.repaired(1);
    atlas.repaired(2);
    expect(atlas.exceeded).toBe(true);
  });

  it('never allows what loses an acknowledged entry: against all quorums of small clusters', () => {
    const kinds = Object.keys(harmOfDamage) as DamageKind[];
    const fault = fc.tuple(fc.constantFrom(...kinds), fc.integer({ min: 1, max: 6 }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.array(fault, { maxLength: 12 }), (count, faults) => {
        const atlas = new Atlas(voters(count), 'recoverable');
        for (const [kind, member] of faults) if (member <= count) atlas.damage(kind, [member]);
        const harm = new Map(atlas.damaged().map((each) => [each.member, each.harm]));
        const quorum = Math.floor(count / 2) + 1;
        const subsets = Array.from({ length: 2 ** count }, (_, bits) =>
          voters(count).filter((member) => (bits >> (member - 1)) & 1),
        ).filter((members) => members.length === quorum);
        const up = (member: number) => harm.get(member) !== 'stops';
        expect(subsets.some((members) => members.every(up))).toBe(true);
        // Whoever acknowledged it, and whoever votes: somebody among the voters still has the entry.
        for (const acked of subsets) {
          const holders = acked.filter((member) => !harm.has(member));
          for (const voting of subsets.filter((members) => members.every(up))) {
            expect(holders.some((member) => voting.includes(member))).toBe(true);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
