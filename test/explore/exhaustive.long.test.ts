import { describe, expect, it } from 'vitest';
import { type BugId, noBugs } from '../../core/bugs.ts';
import { canonicalDigest, numberingsOf } from '../../sim/explore/canonical.ts';
import { type ExploreOptions, explore } from '../../sim/explore/exhaustive.ts';
import { brokenIn } from '../../sim/explore/safety.ts';
import { type ExploredState, actionText, actionsIn, after, firstState } from '../../sim/explore/state.ts';

const bounds = { timeouts: 2, proposals: 1, crashes: 1, duplicates: 0 };
const small: ExploreOptions = { members: 3, depth: 6, bounds, statesMax: 50_000, goOn: () => true };

/** Follows the first action whose words match, for each of the given. */
function follow(start: ExploredState, ...words: readonly string[]): ExploredState {
  return words.reduce((state, wanted) => {
    const action = actionsIn(state, { timeouts: 9, proposals: 9, crashes: 9, duplicates: 9 }).find(
      (each) => actionText(state, each) === wanted,
    );
    if (action === undefined) throw new Error(`nothing like "${wanted}" can happen`);
    const next = after(state, action);
    expect(brokenIn(state, next)).toBe(null);
    return next;
  }, start);
}

const start = firstState(3, noBugs);

/** n(one) wins term 2 with the vote of n(two). */
const election = (one: number, two: number): string[] => [
  `n${one} campaigns`,
  `the disk of n${one} has what was written`,
  `MsgVote of term 2 from n${one} arrives at n${two}`,
  `the disk of n${two} has what was written`,
  `MsgVoteResp of term 2 from n${two} arrives at n${one}`,
];

describe('the small world', () => {
  it('elects a leader, replicates and commits', () => {
    const led = follow(start, ...election(1, 2));
    expect(led.nodes[0]?.raw.role).toBe('leader');
    const done = follow(
      led,
      'the disk of n1 has what was written',
      'MsgApp of term 2 from n1 arrives at n2',
      'the disk of n2 has what was written',
      'MsgAppResp of term 2 from n2 arrives at n1',
    );
    expect(done.committed).toEqual(['2']);
    expect(led.committed).toEqual([]);
  });

  it('keeps promises back until the disk has what they promise, and a crash loses what it had not', () => {
    const asked = follow(start, ...election(1, 2).slice(0, 3));
    expect(asked.network.map(({ to }) => to)).toEqual([3]);
    const synced = follow(asked, 'the disk of n2 has what was written');
    expect(synced.network.map(({ to }) => to)).toEqual([3, 1]);
    expect(follow(asked, 'n2 loses power and starts again').nodes[1]?.raw.vote).toBe(0);
    expect(follow(synced, 'n2 loses power and starts again').nodes[1]?.raw.vote).toBe(1);
  });

  it('leaves the state before an action as it was', () => {
    const text = canonicalDigest(start, numberingsOf(3));
    follow(start, ...election(2, 3));
    expect(canonicalDigest(start, numberingsOf(3))).toBe(text);
  });
});

describe('a digest of a state', () => {
  it('is the same for members with other numbers, and only then', () => {
    const all = numberingsOf(3);
    expect(all).toHaveLength(6);
    const digests = (
      [
        [1, 2],
        [3, 1],
        [2, 3],
      ] as const
    ).map(([one, two]) => follow(start, ...election(one, two)));
    const canonical = digests.map((state) => canonicalDigest(state, all));
    expect(new Set(canonical).size).toBe(1);
    expect(new Set(digests.map((state) => canonicalDigest(state, all.slice(0, 1)))).size).toBe(3);
    const earlier = follow(start, ...election(1, 2).slice(0, 4));
    expect(canonicalDigest(earlier, all)).not.toBe(canonical[0]);
  });
});

describe('following everything', () => {
  it('finds nothing wrong, and says how far it looked', () => {
    const found = explore(small);
    expect(found.violation).toBe(null);
    expect(found.depth).toBe(6);
    expect(found.states).toBeGreaterThan(200);
    expect(found.frontier).toBeGreaterThan(0);
    expect(found.duplicates).toBe(found.transitions - found.states + 1);
    expect(explore(small)).toEqual(found);
  });

  it('counts fewer states with symmetry, and comes to the same', () => {
    const all = explore({ ...small, symmetry: false });
    const folded = explore(small);
    expect(all.violation).toBe(null);
    expect(all.states).toBeGreaterThan(4 * folded.states);
    expect(all.states).toBeLessThanOrEqual(6 * folded.states);
  });

  it('comes to an end when nothing more can happen', () => {
    const bound = { timeouts: 1, proposals: 0, crashes: 0, duplicates: 0 };
    const found = explore({ ...small, members: 2, depth: 100, bounds: bound });
    expect(found).toMatchObject({ frontier: 0, violation: null });
    expect(found.depth).toBeLessThan(40);
  });

  it('stops at its bounds', () => {
    expect(explore({ ...small, statesMax: 100 }).states).toBeLessThan(130);
    expect(explore({ ...small, goOn: () => false })).toMatchObject({ states: 1, depth: 0, frontier: 1 });
  });

  it('finds the planted bug by the shortest way: two leaders of one term, because a vote was not synced', () => {
    const bugs = new Set<BugId>(['respond-before-fsync']);
    const { violation, depth } = explore({ ...small, depth: 10, bugs });
    expect(violation?.sentence).toMatch(/^election safety: n\d and n\d lead in term 2$/);
    expect(violation?.path).toHaveLength(7);
    expect(depth).toBe(6);
    expect(violation?.path.filter((each) => each.includes('loses power'))).toHaveLength(1);
    // Without a crash nobody notices.
    expect(explore({ ...small, bugs, bounds: { ...bounds, crashes: 0 } }).violation).toBe(null);
  });
});
