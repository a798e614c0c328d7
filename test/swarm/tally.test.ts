import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalisedSentence } from '../../sim/swarm/signature.ts';
import { redReasons, tally, unreachedGoals } from '../../sim/swarm/tally.ts';
import { failing, result } from './results.ts';

describe('a signature', () => {
  it.each([
    ['n2 lost entry 17 (term 3, by n1)', 'n4 lost entry 9 (term 2, by n5)'],
    ['get("a b") = "x" began at 12.5 ms', 'get("c") = "y \\" z" began at 1,044.123 ms'],
    ['get(key1) = c1.9 by c2 began', 'get(key3) = c2.15 by c1 began'],
    ['digest 0a1b2c3d4e5f6071 is not the expected', 'digest 9999aaaabbbbcccc is not the expected'],
    ['two\n  lines', 'two lines'],
    [
      'n1 leads by the votes of n1, n2; voters are n1, n2, n3',
      'n4 leads by the votes of n4; voters are n1, n2, n3, n4',
    ],
    ['undecided within 4,000 steps: key1, key10', 'undecided within 4,000 steps: key2'],
    ['n1, n2 and n3 hold "a", "b" or "c"', 'n5 hold "x"'],
    ['the store holds k1 = "a", k2 = "b", k3 = "c"', 'the store holds k9 = "z"'],
    ['it needs 2 of 3: n2 is down; n3 is cut; n5 is down', 'it needs 3 of 5: n1 is down; n4 is cut'],
  ])('is the same for "%s" and "%s"', (one, other) => {
    expect(normalisedSentence(one)).toBe(normalisedSentence(other));
  });

  it('keeps failures apart that say something else', () => {
    const all = [
      'n1 lost entry 3',
      'n1 lost term 3',
      'n1 lost entry 3 twice',
      'defaced lost entry 3',
      'n1 and c2 lost entry 3',
      'n1, key2 lost entry 3',
      'it waits: n2 is down',
      'it waits: n2 is down; n3 is cut',
    ];
    expect(new Set(all.map(normalisedSentence)).size).toBe(all.length);
  });
});

describe('a tally', () => {
  const results = [
    result('a', 1, { reached: ['g'], missed: ['h'], faults: { crash: 2 } }),
    result('a', 2, { reached: ['g'], missed: ['h'], faults: { crash: 1, heal: 4 } }),
    failing('b', 1, 'linearizability', 'get(key1) = c1.2'),
    failing('b', 12, 'linearizability', 'get(key4) = c9.1'),
    failing('b', 3, 'progress', 'nobody leads'),
    result('power-failure', 1, { canary: true, passed: false, bugs: ['respond-before-fsync'] }),
  ];

  it('counts runs, failures by what they have in common, goals and faults; canaries apart', () => {
    const counted = tally(results);
    expect(counted).toMatchObject({
      runs: 5,
      failedRuns: 3,
      faults: { crash: 3, heal: 4 },
      canary: { runs: 1, found: 1 },
      disagreements: [],
    });
    expect(counted.scenarios.map(({ scenario, runs, failedRuns }) => [scenario, runs, failedRuns])).toEqual([
      ['a', 2, 0],
      ['b', 3, 3],
    ]);
    expect(counted.scenarios[0]?.goals).toEqual([
      { goal: 'g', reached: 2, of: 2 },
      { goal: 'h', reached: 0, of: 2 },
    ]);
    expect(counted.groups.map(({ runs }) => runs.map(({ seed }) => seed))).toEqual([['1', '12'], ['3']]);
  });

  it('does not depend on the order in which the results came', () => {
    const expected = tally(results);
    fc.assert(
      fc.property(fc.shuffledSubarray(results, { minLength: results.length }), (shuffled) => {
        expect(tally(shuffled)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('is red for each of its reasons, and green without', () => {
    const green = [result('a', 1, { reached: ['g'] }), result('a', 2, { missed: ['g'] })];
    expect(redReasons(tally(green), 2)).toEqual([]);
    expect(redReasons(tally([...green, failing('a', 3, 'c', 's')]), 2)).toEqual(['1 of 3 runs failed']);
    const missed = tally([result('a', 1, { missed: ['g'] }), result('a', 2, { missed: ['g'] })]);
    expect(redReasons(missed, 2)).toEqual(['a never reached this in 2 runs: g']);
    expect(redReasons(missed, 3)).toEqual([]);
    expect(unreachedGoals(missed, 0)).toEqual([]);
    const silent = tally([...green, result('power-failure', 1, { canary: true })]);
    expect(redReasons(silent, 2)).toEqual(['the canary, respond-before-fsync, was not found in 1 runs']);
    const threw = tally([
      ...green,
      result('power-failure', 1, { canary: true, passed: false, digest: null }),
    ]);
    expect(redReasons(threw, 2)).toHaveLength(1);
  });

  it('counts the same run once, tells of two digests, and does not hide the run that failed', () => {
    const twice = tally([result('a', 1), result('a', 1)]);
    expect(twice.runs).toBe(1);
    expect(redReasons(twice, 1)).toEqual([]);
    const other = tally([result('a', 1), { ...failing('a', 1, 'c', 's'), digest: 'other' }]);
    expect(other.runs).toBe(1);
    expect(other.failedRuns).toBe(1);
    expect(other.disagreements).toEqual([{ scenario: 'a', seed: '1', digests: ['a-1', 'other'] }]);
    expect(redReasons(other, 1).join()).toContain('a seed 1 is not deterministic');
    // Of another size it is another run.
    expect(tally([result('a', 1), result('a', 1, { members: 5, digest: 'x' })]).disagreements).toEqual([]);
  });
});
