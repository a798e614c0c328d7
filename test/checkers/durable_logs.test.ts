import { describe, expect, it } from 'vitest';
import type { DurableLogs } from '../../sim/checkers/durable_logs.ts';
import { Invariants } from '../../sim/checkers/invariants.ts';

const three = { voters: [1, 2, 3], outgoing: [] };
const log = 'member/wal/0.wal';

function invariants(): Invariants {
  return new Invariants(4, (member) => `n${member}`);
}

function found({ violations }: Invariants): string[] {
  return violations.map(({ invariant, sentence }) => `${invariant}: ${sentence}`);
}

/** The entries up to `last` come into the log, and their bytes to the disk's cache. */
function written(logs: DurableLogs, member: number, last: number, term = 2, first = 1): void {
  logs.onWrite(member);
  for (let index = first; index <= last; index++) logs.onAppend(member, index, term);
  logs.onAppended(member);
}

function synced(logs: DurableLogs, member: number, id: number, failed = false): void {
  logs.onSyncStarted(member, id);
  logs.onSyncDone(member, id, log, failed);
}

describe("committed entries are on a quorum's disks", () => {
  it('holds when a majority has synced them, the leader among them or not', () => {
    const checks = invariants();
    for (const member of [1, 2, 3]) written(checks.logs, member, 5);
    synced(checks.logs, 2, 1);
    synced(checks.logs, 3, 1);
    checks.onQuorum(1, 5, 2, three, three);
    expect(found(checks)).toEqual([]);
  });

  it('is broken by a commit of what is only in page caches', () => {
    const checks = invariants();
    for (const member of [1, 2, 3]) written(checks.logs, member, 5);
    synced(checks.logs, 2, 1);
    checks.logs.onSyncStarted(3, 1);
    checks.onQuorum(1, 5, 2, three, three);
    expect(found(checks)).toEqual([
      'quorumDurable: n1 counts entry 5 of term 2 as committed, but it is not on the disks of n1, n3: no quorum holds it',
    ]);
  });

  const lies: readonly (readonly [string, (logs: DurableLogs) => void])[] = [
    [
      'a sync that lied',
      (logs) => {
        logs.onSyncStarted(2, 1);
        logs.onSyncLost(2, 1);
        logs.onSyncDone(2, 1, log, false);
      },
    ],
    ['a sync that failed, and one after it', (logs) => [1, 2].forEach((id) => synced(logs, 2, id, true))],
    [
      'a sync that began before the bytes came',
      (logs) => {
        logs.onSyncStarted(2, 1);
        written(logs, 2, 6, 2, 6);
        logs.onSyncDone(2, 1, log, false);
      },
    ],
    [
      'another entry at the index',
      (logs) => {
        synced(logs, 2, 1);
        written(logs, 2, 6, 3, 4);
        synced(logs, 2, 2);
      },
    ],
    [
      'bytes that a log keeps back while it begins a new file',
      (logs) => {
        synced(logs, 2, 1);
        logs.onAppend(2, 6, 2);
        logs.onAppended(2);
        synced(logs, 2, 2);
      },
    ],
    [
      'a restart on a page cache that was not synced',
      (logs) =>
        logs.onRecovered(
          2,
          0,
          [1, 2, 3, 4, 5, 6].map((index) => ({ index, term: 2 })),
          false,
        ),
    ],
  ];

  for (const [what, lie] of lies) {
    it(`does not take for durable what rests on ${what}`, () => {
      const checks = invariants();
      written(checks.logs, 1, 6);
      synced(checks.logs, 1, 1);
      written(checks.logs, 2, 5);
      lie(checks.logs);
      checks.onQuorum(1, 6, 2, three, three);
      expect(checks.violations.map(({ members }) => members)).toEqual([[2, 3]]);
    });
  }

  it('holds for what a snapshot covers, and for what a power loss left', () => {
    const checks = invariants();
    checks.logs.onInstalled(2, 40);
    checks.logs.onRecovered(
      3,
      38,
      [39, 40].map((index) => ({ index, term: 2 })),
      true,
    );
    checks.onQuorum(1, 40, 2, three, three);
    expect(found(checks)).toEqual([]);
  });

  it('counts with the configuration before or after a change, and with both lists of a joint one', () => {
    const one = { voters: [1], outgoing: [] };
    const checks = invariants();
    written(checks.logs, 1, 5);
    synced(checks.logs, 1, 1);
    checks.onQuorum(1, 4, 2, one, { voters: [1, 4], outgoing: [] });
    expect(found(checks)).toEqual([]);
    checks.onQuorum(1, 5, 2, { voters: [1], outgoing: [2, 3] }, { voters: [1], outgoing: [2, 3] });
    expect(checks.violations[0]?.members).toEqual([2, 3]);
  });

  it('counts a disk that is known to forget as holding it, so that the others are judged alone', () => {
    const checks = invariants();
    checks.logs.forgives = (member) => member === 2;
    written(checks.logs, 1, 5);
    synced(checks.logs, 1, 1);
    checks.onQuorum(1, 5, 2, three, three);
    expect(found(checks)).toEqual([]);
  });
});
