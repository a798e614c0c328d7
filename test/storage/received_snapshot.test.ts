import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../sim/random.ts';
import { isThorough, runs } from '../runs.ts';
import { Follower, type SentSnapshot, makeLeader } from './follower.ts';
import { modes, nothingSeen, searchFollower, tryFollowerCrash } from './follower_search.ts';

const leader = makeLeader(72, 'leader');

function snapshotAt(index: number): SentSnapshot {
  const found = leader.snapshots.find((snapshot) => snapshot.index === index);
  if (found === undefined) throw new Error(`there is no snapshot of ${index}`);
  return found;
}

interface Story {
  readonly name: string;
  /** Of the last entry in the end, and how many snapshots became the state. */
  readonly end: number;
  readonly installs: number;
  readonly play: (follower: Follower) => void;
}

function grow(follower: Follower, to: number): void {
  follower.append(to - follower.lastIndex, to);
  follower.lone.single.completeSyncs();
}

/** A follower that is about to write the file, the record, or to end its own snapshot of entry 15. */
function whileMaking(completions: number): Story {
  return {
    name: `while an own one is being made, ${completions} syncs into it`,
    end: 30,
    installs: 1,
    play(follower) {
      follower.append(12, 15);
      const { single } = follower.lone;
      for (let i = 0; i < completions; i++) single.completeSync();
      follower.receive(snapshotAt(30));
    },
  };
}

const stories: readonly Story[] = [
  { name: 'once', end: 30, installs: 1, play: (follower) => follower.receive(snapshotAt(30)) },
  {
    name: 'by a member that has entries of its own behind and before it',
    end: 30,
    installs: 1,
    play(follower) {
      grow(follower, 20);
      follower.append(8, 22);
      follower.lone.commitBackend();
      follower.receive(snapshotAt(30));
    },
  },
  {
    name: 'twice, and then again when it is the state already',
    end: 30,
    installs: 1,
    play(follower) {
      follower.receive(snapshotAt(30));
      follower.receive(snapshotAt(30));
      follower.lone.single.completeSyncs();
      follower.receive(snapshotAt(30));
    },
  },
  {
    name: 'when it is older than the state',
    end: 30,
    installs: 0,
    play(follower) {
      grow(follower, 30);
      follower.receive(snapshotAt(12));
    },
  },
  {
    name: 'two at once, the older first',
    end: 36,
    installs: 2,
    play(follower) {
      follower.receive(snapshotAt(30));
      follower.receive(snapshotAt(36));
    },
  },
  {
    name: 'two at once, the newer first',
    end: 36,
    installs: 1,
    play(follower) {
      follower.receive(snapshotAt(36));
      follower.receive(snapshotAt(30));
    },
  },
  {
    name: 'in pieces, between which a newer one comes in one',
    end: 36,
    installs: 1,
    play(follower) {
      follower.receiveInPieces(snapshotAt(30), () => follower.receive(snapshotAt(36)));
    },
  },
  {
    name: 'in pieces, between which the log grows',
    end: 30,
    installs: 1,
    play(follower) {
      follower.receiveInPieces(snapshotAt(30), () => grow(follower, 20));
    },
  },
  ...[0, 1, 2, 4, 5, 6, 7, 8].map(whileMaking),
];

describe('a snapshot is received', () => {
  it.each(stories)(
    '$name: all of it or nothing, wherever the power fails',
    ({ name, end, installs, play }) => {
      const follower = new Follower(leader);
      follower.lone.single.completeSyncs();
      follower.lone.momentEvery = isThorough ? 1 : 4;
      play(follower);
      follower.lone.single.completeSyncs();
      expect(follower.lone.single.failures).toEqual([]);
      expect(follower.lone.state).toBe(leader.reference.at(end));
      expect(follower.lone.installs).toBe(installs);
      const random = new RandomStream(name);
      const seen = nothingSeen();
      for (const moment of follower.lone.moments) {
        for (const mode of isThorough ? modes : [random.pick(modes)]) {
          tryFollowerCrash(leader, moment, mode, random, runs(0, 1), seen);
        }
      }
      expect(seen.restarts).toBeGreaterThan(3);
    },
  );

  it.each([
    ['no bytes', () => new Uint8Array(0)],
    ['half of a database', (database: Uint8Array) => database.subarray(0, database.length / 2)],
    ['other bytes', (database: Uint8Array) => database.map((byte) => byte ^ 0x55)],
  ])('that comes with %s: it is left, and a whole one is taken later', (_what, spoil) => {
    const follower = new Follower(leader);
    follower.lone.single.completeSyncs();
    const sent = snapshotAt(30);
    follower.receive({ ...sent, database: spoil(sent.database) });
    follower.receiveInPieces({ ...sent, database: spoil(sent.database) });
    expect(follower.told).toEqual([expect.stringMatching(/./)]);
    const snapFiles = (): readonly string[] =>
      follower.lone.single.disk.list('member/snap').filter((name) => name.includes('.snap.db'));
    expect(snapFiles()).toEqual([]);
    follower.lone.single.completeSyncs();
    expect(follower.lone.single.failures).toEqual([]);
    expect(follower.lone.installs).toBe(0);
    follower.receive(sent);
    follower.lone.single.completeSyncs();
    expect(follower.lone.installs).toBe(1);
    expect(follower.lone.state).toBe(leader.reference.at(30));
  });

  it('at any time in the life of a follower', () => {
    const seen = nothingSeen();
    for (let run = 1; run <= runs(5, 15); run++) {
      searchFollower(leader, new RandomStream(`follower ${run}`), runs(9, 30), 1, seen);
    }
    for (const [kind, count] of Object.entries(seen)) expect.soft(count, kind).toBeGreaterThan(0);
  });
});
