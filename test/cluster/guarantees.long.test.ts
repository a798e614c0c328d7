import { describe, expect, it } from 'vitest';
import type { BugId } from '../../core/bugs.ts';
import { findScenario } from '../../scenarios/catalogue.ts';
import { runScenario } from '../../sim/run.ts';

interface Case {
  /** As etcd's API documentation names it. */
  readonly guarantee: string;
  readonly scenario: string;
  /** One of so many seeds, from 1 on, must show it. */
  readonly withinSeeds: number;
  /** Breaks the guarantee. */
  readonly bug: BugId;
  /** The check that must say so. */
  readonly check: string;
}

/** Each guarantee of etcd's API: a scenario that attacks it, and a planted bug with which its check fails. */
const cases: readonly Case[] = [
  {
    guarantee: 'atomicity',
    scenario: 'compaction-storm',
    withinSeeds: 5,
    bug: 'partial-txn',
    check: 'linearizability of the store',
  },
  {
    guarantee: 'durability',
    scenario: 'majority-crash',
    withinSeeds: 5,
    bug: 'respond-before-fsync',
    check: 'promises outlive a crash',
  },
  {
    guarantee: 'strict serializability',
    scenario: 'leader-isolated',
    withinSeeds: 5,
    bug: 'local-reads',
    check: 'linearizability',
  },
  {
    guarantee: 'watch: ordered and unique',
    scenario: 'watch-behind-snapshots',
    withinSeeds: 40,
    bug: 'watch-back-in-time',
    check: 'watch: ordered',
  },
  {
    guarantee: 'watch: reliable and bookmarkable',
    scenario: 'compaction-storm',
    withinSeeds: 5,
    bug: 'watch-progress-overtakes',
    check: 'watch: reliable',
  },
  {
    guarantee: 'watch: atomic',
    scenario: 'compaction-storm',
    withinSeeds: 5,
    bug: 'watch-splits-revision',
    check: 'watch: atomic',
  },
  {
    guarantee: 'watch: resumable',
    scenario: 'compaction-storm',
    withinSeeds: 5,
    bug: 'watch-starts-late',
    check: 'watch: resumable',
  },
];

describe('a guarantee of etcd’s API', () => {
  it.each(cases)('$guarantee: $scenario finds $bug, and is silent without it', (example) => {
    const scenario = findScenario(example.scenario);
    if (scenario === undefined) throw new Error(`there is no scenario ${example.scenario}`);
    const { bug, check } = example;
    const seeds = Array.from({ length: example.withinSeeds }, (_, index) => String(index + 1));
    const seed = seeds.find((each) => {
      const { checks } = runScenario({ scenario, seed: each, bugs: [bug] }).info.verdict;
      return checks.find(({ name }) => name === check)?.status === 'violated';
    });
    if (seed === undefined) expect.fail(`'${check}' found nothing in ${example.withinSeeds} seeds`);

    const whole = runScenario({ scenario, seed }).info.verdict;
    expect(whole.checks.filter(({ status }) => status !== 'passed')).toEqual([]);
  });
});
