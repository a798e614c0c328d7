import { describe, expect, it } from 'vitest';
import { diskStateAt, eventSentence, interventionWords, modelOf, raftLogAt } from './page_model.ts';
import { TraceStory, headOf } from './story.ts';

const wal = 'member/wal/0.wal';

describe('the disk at an event', () => {
  const story = new TraceStory();
  const write = story.at(1, 1, 'write', { file: wal, offset: 0, bytes: 100 });
  const start = story.at(2, 1, 'syncStart', { file: wal, bytes: 100 });
  const second = story.at(3, 1, 'write', { file: wal, offset: 100, bytes: 50 });
  const other = story.at(3, 2, 'write', { file: wal, offset: 0, bytes: 7 });
  const done = story.at(4, 1, 'syncDone', { file: wal }, start);
  const renamed = story.at(5, 1, 'rename', { file: 'member/wal', toFile: 'member/old' });
  const lie = story.at(6, 1, 'diskFault', { text: 'lying sync' });
  const crash = story.at(7, 1, 'crash');
  const swap = story.at(8, 0, 'intervene', { text: '{"kind":"diskSwap","members":[1,2]}' });
  const after = story.at(9, 2, 'boot', { incarnation: 2 });
  const model = modelOf({ info: headOf(), trace: story.trace });
  const risk = (lane: number, event: number): unknown[] =>
    diskStateAt(model, lane, event).files.map((file) => [
      file.path,
      file.bytes,
      file.cachedBytes,
      file.syncingBytes,
    ]);

  it('has in the page cache what no completed sync covers', () => {
    expect(risk(1, write)).toEqual([[wal, 100, 100, 0]]);
    expect(risk(1, start)).toEqual([[wal, 100, 100, 100]]);
    expect(risk(1, second)).toEqual([[wal, 150, 150, 100]]);
    expect(risk(1, done)).toEqual([[wal, 150, 50, 0]]);
    expect(risk(2, done)).toEqual([[wal, 7, 7, 0]]);
    expect(other).toBeLessThan(done);
  });

  it('keeps a file under its new name, which is loose until a directory is synced', () => {
    expect(risk(1, renamed)).toEqual([['member/old/0.wal', 150, 50, 0]]);
    expect(diskStateAt(model, 1, renamed).looseNames).toEqual(['renamed to member/old']);
    expect(diskStateAt(model, 1, lie).lyingSyncs).toBe(1);
    expect(diskStateAt(model, 1, crash)).toMatchObject({ looseNames: [], files: [{ cachedBytes: 0 }] });
  });

  it('goes with the disk when two are swapped', () => {
    expect(risk(2, after)).toEqual([['member/old/0.wal', 150, 0, 0]]);
    expect(risk(1, after)).toEqual([[wal, 7, 7, 0]]);
    expect(risk(1, swap - 1)).toEqual([['member/old/0.wal', 150, 0, 0]]);
  });
});

describe('the log at an event', () => {
  const story = new TraceStory();
  story.at(0, 1, 'recovered', { entries: 0 });
  story.at(1, 1, 'append', { firstIndex: 1, count: 2, term: 1 });
  const start = story.at(1, 1, 'syncStart', { file: wal });
  const done = story.at(2, 1, 'syncDone', { file: wal }, start);
  story.at(3, 1, 'append', { firstIndex: 2, count: 2, term: 2 });
  const unsynced = story.at(3, 1, 'commit', { index: 1, term: 2 });
  const next = story.at(4, 1, 'syncStart', { file: wal });
  const crash = story.at(5, 1, 'crash');
  const back = story.at(6, 1, 'recovered', { entries: 2, commit: 1 });
  const model = modelOf({ info: headOf(), trace: story.trace });
  const log = (event: number): string[] =>
    raftLogAt(model, 1, event).map(
      ({ index, term, durability, committed }) => `${index} t${term} ${durability}${committed ? ' c' : ''}`,
    );

  it('has each entry where the last completed sync left it', () => {
    expect(log(start)).toEqual(['2 t1 syncing', '1 t1 syncing']);
    expect(log(done)).toEqual(['2 t1 durable', '1 t1 durable']);
    expect(log(unsynced)).toEqual(['3 t2 cached', '2 t2 cached', '1 t1 durable c']);
    expect(log(next)).toEqual(['3 t2 syncing', '2 t2 syncing', '1 t1 durable c']);
    expect(crash).toBeLessThan(back);
  });

  it('has after a crash what the member found on its disk', () => {
    expect(log(back)).toEqual(['2 t2 durable', '1 t1 durable c']);
  });
});

describe('words for storage and for what members say beside Raft', () => {
  it.each([
    ['snapshotSaved', { index: 51, term: 2 }, 'n1 has a durable snapshot of its state at index 51, term 2'],
    [
      'snapshotInstalled',
      { index: 238, term: 2, revision: 195 },
      'a snapshot from the leader replaces the state of n1: index 238, term 2, revision 195',
    ],
    [
      'recovered',
      { entries: 3, commit: 9, snapshot: 6 },
      'n1 recovered 3 entries from its log behind its snapshot at 6, commit 9',
    ],
    ['peerCall', { to: 2, text: 'version' }, 'n1 asks n2: version'],
    ['peerAnswer', { to: 3, text: 'version' }, 'n1 answers n3: version'],
    ['watched', { watch: 4, revision: 12, count: 2 }, 'n1 hears of 2 events on watch 4, up to revision 12'],
  ] as const)('%s', (kind, args, words) => {
    const story = new TraceStory();
    const event = story.at(1, 1, kind, args);
    expect(eventSentence(modelOf({ info: headOf(), trace: story.trace }), event)).toBe(words);
  });

  it('failpoints and requests to change the cluster', () => {
    expect(interventionWords([{ kind: 'failpoint', member: 2, site: 'beforeSync', skip: 3 }]).long).toBe(
      'power of n2 fails at beforeSync after passing it 3 times',
    );
    expect(interventionWords([{ kind: 'admin', via: 1, request: 'addLearner', member: 4 }]).long).toBe(
      'n1 is asked to add n4 as a learner',
    );
  });
});
