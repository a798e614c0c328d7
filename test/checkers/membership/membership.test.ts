import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type MemberView,
  type MembershipHistory,
  type MembershipOperation,
  type MembershipResponse,
  checkMembership,
} from '../../../sim/checkers/membership/index.ts';
import { runs } from '../../runs.ts';
import { drawFrom } from '../linearizability/histories.ts';

const numRuns = runs(15, 800);
const seeds = fc.integer({ min: 1, max: 1_000_000 });
const options = { stepsMax: 200_000 };
const urlsOf = (n: number): string[] => [`http://n${n}:2380`];

/** What clients saw of a cluster that changes one member at a time; with `lost`, some never hear of their change. */
function realHistory(seed: number, count: number, lost: boolean, spread = 8): MembershipHistory {
  const draw = drawFrom(seed);
  const first: MemberView[] = [1, 2, 3].map((n) => ({ id: `m${n}`, learner: false, peerUrls: urlsOf(n) }));
  let members = first;
  let ids = 3;
  const operations: MembershipOperation[] = [];
  for (let id = 1; id <= count; id++) {
    const add = (input: MembershipOperation['input'], output: MembershipResponse): void => {
      const isLost = lost && input.kind !== 'list' && input.kind !== 'add' && draw(5) === 0;
      operations.push({
        id,
        process: id,
        input,
        callNs: 10 * id - draw(spread),
        callSequence: 0,
        returnNs: isLost ? null : 10 * id + draw(spread),
        returnSequence: isLost ? null : 1,
        outcome: isLost ? { status: 'unknown' } : { status: 'ok', output },
      });
    };
    const victim = members[draw(members.length)] as MemberView;
    const choice = draw(6);
    if (choice === 0) {
      const added = { id: `m${++ids}`, learner: true, peerUrls: urlsOf(ids) };
      members = [...members, added];
      add({ kind: 'add', learner: true, peerUrls: added.peerUrls }, { error: null, id: added.id, members });
    } else if (choice === 1 && members.length > 2) {
      members = members.filter((each) => each !== victim);
      add({ kind: 'remove', id: victim.id }, { error: null, members });
    } else if (choice === 2) {
      const output: MembershipResponse = victim.learner
        ? {
            error: null,
            members: (members = members.map((each) =>
              each === victim ? { ...each, learner: false } : each,
            )),
          }
        : { error: 'notLearner' };
      add({ kind: 'promote', id: victim.id }, output);
    } else {
      add({ kind: 'list' }, { error: null, members });
    }
  }
  return { first, operations, last: ['n1', 'n2'].map((member) => ({ member, members })) };
}

function withLie(
  history: MembershipHistory,
  pick: number,
  lie: (members: readonly MemberView[]) => readonly MemberView[],
): MembershipHistory {
  const lists = history.operations.filter(
    ({ input, outcome }) => input.kind === 'list' && outcome.status === 'ok',
  );
  expect(lists.length).toBeGreaterThan(0);
  const victim = lists[pick % lists.length];
  const operations = history.operations.map((each): MembershipOperation => {
    if (each !== victim || each.outcome.status !== 'ok' || each.outcome.output.error !== null) return each;
    const output = { error: null, members: lie(each.outcome.output.members ?? []) } as const;
    return { ...each, outcome: { status: 'ok', output } };
  });
  return { ...history, operations };
}

describe('histories of the membership', () => {
  it('from one order are accepted, heard of or not', () => {
    fc.assert(
      fc.property(seeds, fc.boolean(), (seed, lost) => {
        const { verdict, violations } = checkMembership(realHistory(seed, 40, lost), options);
        expect(violations.map(({ sentence }) => sentence)).toEqual([]);
        expect(verdict).toBe('linearizable');
      }),
      { numRuns },
    );
  });

  it.each<readonly [string, (members: readonly MemberView[]) => readonly MemberView[]]>([
    ['a member too few', (members) => members.slice(1)],
    ['a member that nobody added', (members) => [...members, { id: 'x', learner: false }]],
    [
      'a learner for a voter',
      (members) => members.map((each, at) => (at === 0 ? { ...each, learner: !each.learner } : each)),
    ],
    [
      'another address',
      (members) => members.map((each, at) => (at === 0 ? { ...each, peerUrls: ['http://x'] } : each)),
    ],
    ['one member twice', (members) => [...members, ...members.slice(0, 1)]],
  ])('that show %s are rejected', (_what, lie) => {
    fc.assert(
      fc.property(seeds, fc.nat(), (seed, pick) => {
        expect(checkMembership(withLie(realHistory(seed, 25, false, 4), pick, lie), options).verdict).toBe(
          'violation',
        );
      }),
      { numRuns: runs(4, 200) },
    );
  });

  it('are undecided where they go on with an id that nobody was told', () => {
    const [added, gone] = [
      { input: { kind: 'add' as const }, outcome: { status: 'unknown' as const }, returnNs: null },
      {
        input: { kind: 'remove' as const, id: 'x' },
        outcome: { status: 'ok' as const, output: { error: null, members: null } },
        returnNs: 20,
      },
    ].map((each, at): MembershipOperation => ({
      ...each,
      id: at + 1,
      process: at,
      callNs: 10 * at,
      callSequence: 0,
      returnSequence: each.returnNs === null ? null : 1,
    })) as [MembershipOperation, MembershipOperation];
    const first: MemberView[] = [{ id: 'a', learner: false }];
    expect(checkMembership({ first, operations: [added, gone], last: [] }, options).verdict).toBe('unknown');
    expect(checkMembership({ first, operations: [gone], last: [] }, options).verdict).toBe('violation');
    const last = [{ member: 'n1', members: [...first, { id: 'x', learner: false }] }];
    expect(checkMembership({ first, operations: [added], last }, options).verdict).toBe('linearizable');
  });

  it('in which members end with different lists, or somebody comes back, are rejected', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const history = realHistory(seed, 15, false, 4);
        const [one] = history.last;
        const other = { member: 'n3', members: (one?.members ?? []).slice(1) };
        expect(checkMembership({ ...history, last: [...history.last, other] }, options).verdict).toBe(
          'violation',
        );
        const back = (
          id: number,
          input: MembershipOperation['input'],
          output: MembershipResponse,
        ): MembershipOperation => ({
          id,
          process: id,
          input,
          callNs: 1000 * id,
          callSequence: 0,
          returnNs: 1000 * id + 1,
          returnSequence: 1,
          outcome: { status: 'ok', output },
        });
        const operations = [
          ...history.operations,
          back(100, { kind: 'add', peerUrls: ['http://x'] }, { error: null, id: 'x', members: null }),
          back(101, { kind: 'remove', id: 'x' }, { error: null, members: null }),
        ];
        const again = back(
          102,
          { kind: 'add', peerUrls: ['http://x'] },
          { error: null, id: 'x', members: null },
        );
        expect(checkMembership({ ...history, operations, last: [] }, options).verdict).toBe('linearizable');
        expect(
          checkMembership({ ...history, operations: [...operations, again], last: [] }, options).verdict,
        ).toBe('violation');
      }),
      { numRuns: runs(4, 200) },
    );
  });
});
