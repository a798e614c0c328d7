import { describe, expect, it } from 'vitest';
import { emptyBytes, fromText, toBytes } from '../../core/base/bytes.ts';
import type { NodeId } from '../../core/base/ids.ts';
import type { Log, Random } from '../../core/ports.ts';
import {
  compactedError,
  ConfChangeType,
  confChangeOf,
  emptyConfState,
  EntryType,
  makeApp,
  makeAppResp,
  makeConfChange,
  makeConfChangeV2,
  makeEntry,
  makeHeartbeat,
  makePlain,
  MemoryStorage,
  MessageType,
  proposalDroppedError,
  RawNode,
  snapshotTemporarilyUnavailableError,
  stepLocalMessageError,
  stepPeerNotFoundError,
  type Config,
  type Entry,
  type RaftError,
  type Ready,
  type Snapshot,
} from '../../core/raft/index.ts';

const one = 1 as NodeId;
const two = 2 as NodeId;
const noRandom: Random = { below: () => 0 };

class Lines implements Log {
  readonly lines: string[] = [];
  enabled(): boolean {
    return true;
  }
  line(_: string, text: string): void {
    this.lines.push(text);
  }
}

function storageOf(voters: readonly NodeId[], index = 10): MemoryStorage {
  const storage = new MemoryStorage();
  const confState = { ...emptyConfState, voters };
  storage.applySnapshot({ data: emptyBytes, metadata: { confState, index, term: 1 } });
  return storage;
}

function nodeOn(storage: MemoryStorage, overrides: Partial<Config> = {}): RawNode {
  const parts = { random: noRandom, log: new Lines() };
  return new RawNode({ id: one, electionTicks: 10, heartbeatTicks: 1, storage, ...parts, ...overrides });
}

/** Does everything that the node asks for, as long as it asks. */
function settle(node: RawNode, storage: MemoryStorage): Ready[] {
  const all: Ready[] = [];
  while (node.hasReady()) {
    const ready = node.ready();
    all.push(ready);
    if (ready.hardState !== null) storage.setHardState(ready.hardState);
    storage.append(ready.entries);
    for (const entry of ready.committedEntries) {
      if (entry.type !== EntryType.normal) node.applyConfChange(confChangeOf(entry));
    }
    node.advance();
  }
  return all;
}

function terms(storage: MemoryStorage): string[] {
  const entries = storage.entries(
    storage.firstIndex(),
    storage.lastIndex() + 1,
    Infinity,
  ) as readonly Entry[];
  return entries.map((entry) => `${entry.term}/${entry.index}`);
}

describe('bootstrap', () => {
  it('starts every member with one committed conf change per peer', () => {
    const storage = new MemoryStorage();
    const node = nodeOn(storage);
    node.bootstrap([{ id: one, context: toBytes(fromText('n1')) }, { id: two }]);
    expect(node.status().config.voters).toEqual([1, 2]);
    const [first] = settle(node, storage);
    expect(first?.hardState).toEqual({ term: 1, vote: 0, commit: 2 });
    expect(first?.mustSync).toBe(true);
    expect(first?.committedEntries.map((entry) => confChangeOf(entry).context.length)).toEqual([2, 0]);
    expect(terms(storage)).toEqual(['1/1', '1/2']);
    expect([node.appliedIndex, node.commitIndex, node.term]).toEqual([2, 2, 1]);
    // Applying the changes again has changed nothing.
    expect(node.status().config.voters).toEqual([1, 2]);
  });

  it('refuses a log that is not empty, and no peers', () => {
    expect(() => nodeOn(storageOf([one])).bootstrap([{ id: one }])).toThrow('nonempty');
    expect(() => nodeOn(new MemoryStorage()).bootstrap([])).toThrow('at least one peer');
  });
});

describe('restart', () => {
  it('goes on from what was stored, and applies again what is not in the state machine', () => {
    const storage = storageOf([one]);
    const before = nodeOn(storage, { appliedIndex: 10 });
    before.campaign();
    settle(before, storage);
    before.propose(toBytes(fromText('x')));
    settle(before, storage);
    expect(terms(storage)).toEqual(['1/11', '1/12']);

    const node = nodeOn(storage, { appliedIndex: 11 });
    expect([node.term, node.vote, node.commitIndex, node.appliedIndex]).toEqual([1, 1, 12, 11]);
    expect(node.role).toBe('follower');
    const [first] = settle(node, storage);
    expect(first?.committedEntries.map((entry) => entry.index)).toEqual([12]);
    expect(first?.hardState).toBeNull();
  });

  it('a single node answers no read before its first commit in the new term', () => {
    const storage = storageOf([one]);
    storage.setHardState({ term: 1, vote: one, commit: 10 });
    // Acknowledged before the restart; that it was committed was not synced.
    storage.append([makeEntry(1, 11, EntryType.normal, toBytes(fromText('x')))]);
    const node = nodeOn(storage, { appliedIndex: 10 });
    node.campaign();
    const vote = node.ready();
    node.advance();
    expect(vote.hardState?.vote).toBe(1);
    expect(node.role).toBe('leader');
    node.readIndex(fromText('early'));
    expect(node.raft.readStates).toEqual([]);
    const readStates = settle(node, storage).flatMap((ready) => ready.readStates);
    expect(readStates).toEqual([{ index: 12, context: 'early' }]);
  });

  it('refuses a hard state that the log does not reach', () => {
    const storage = storageOf([one]);
    storage.setHardState({ term: 1, vote: one, commit: 11 });
    expect(() => nodeOn(storage)).toThrow('state.commit 11 is out of range [10, 10]');
  });
});

describe('a raw node', () => {
  it('asks for a sync only when a promise may rest on what is written', () => {
    const storage = storageOf([one, two]);
    const node = nodeOn(storage, { appliedIndex: 10 });
    node.step(makeApp(one, two, 1, 1, 10, [makeEntry(1, 11)], 10));
    const appended = node.ready();
    expect(appended.mustSync).toBe(true);
    expect(appended.messages).toEqual([]);
    expect(appended.messagesAfterAppend).toEqual([makeAppResp(two, one, 1, 11)]);
    storage.append(appended.entries);
    node.advance();
    node.step(makeHeartbeat(one, two, 1, 11, fromText('')));
    const committed = node.ready();
    expect([committed.mustSync, committed.hardState?.commit]).toEqual([false, 11]);
    expect(committed.messages.map(({ type }) => type)).toEqual([MessageType.heartbeatResp]);
    node.advance();
    expect(node.hasReady()).toBe(false);
  });

  it('counts its own entries only when they are on disk', () => {
    const storage = storageOf([one]);
    const node = nodeOn(storage);
    node.campaign();
    const vote = node.ready();
    expect(node.role).toBe('candidate');
    expect(vote.messages.concat(vote.messagesAfterAppend)).toEqual([]);
    node.advance();
    expect(node.role).toBe('leader');
    storage.append(node.ready().entries);
    expect(node.commitIndex).toBe(10);
    node.advance();
    expect(node.commitIndex).toBe(11);
  });

  it('never adds to work that it has handed over', () => {
    const node = nodeOn(storageOf([one, two]), { asyncStorageWrites: true });
    node.step(makeHeartbeat(one, two, 1, 10, fromText('')));
    const [work] = node.ready().messages.filter(({ type }) => type === MessageType.storageAppend);
    expect(work).toMatchObject({ term: 1, responses: [] });
    node.step(makeApp(one, two, 1, 1, 10, [makeEntry(1, 11)], 10));
    expect(work).toMatchObject({ responses: [] });
  });

  it('hands nothing over twice', () => {
    const node = nodeOn(storageOf([one]));
    node.campaign();
    node.ready();
    expect(() => node.ready()).toThrow('not followed by advance');
  });

  it('commits no further than the leader has shown its log to match', () => {
    const storage = storageOf([one, two]);
    const node = nodeOn(storage);
    // Entry 13 comes from a leader of term 1 whose successor never saw it.
    node.step(makeApp(one, two, 1, 1, 10, [makeEntry(1, 11), makeEntry(1, 12), makeEntry(1, 13)], 10));
    settle(node, storage);
    node.step(makeApp(one, 3 as NodeId, 2, 1, 11, [makeEntry(1, 12)], 13));
    expect(node.commitIndex).toBe(12);
    expect(terms(storage)).toEqual(['1/11', '1/12', '1/13']);
  });

  it('keeps what an old append repeats: later entries may be acknowledged', () => {
    const storage = storageOf([one, two]);
    const node = nodeOn(storage);
    const entries = [makeEntry(1, 11), makeEntry(1, 12), makeEntry(1, 13)];
    node.step(makeApp(one, two, 1, 1, 10, entries, 10));
    settle(node, storage);
    node.step(makeApp(one, two, 1, 1, 10, entries.slice(0, 1), 10));
    expect(node.lastIndex).toBe(13);
    expect(node.ready().messagesAfterAppend).toEqual([makeAppResp(two, one, 1, 11)]);
  });

  it('refuses what only the node itself may step, and answers of strangers', () => {
    const node = nodeOn(storageOf([one, two]));
    expect(node.step(makePlain(MessageType.hup, one, two, 0))).toBe(stepLocalMessageError);
    expect(node.step(makeAppResp(one, 9 as NodeId, 0, 1))).toBe(stepPeerNotFoundError);
    expect(node.propose(emptyBytes)).toBe(proposalDroppedError);
    expect(node.hasReady()).toBe(false);
  });

  it('does not campaign while a committed conf change is not applied', () => {
    const storage = storageOf([one, two]);
    const node = nodeOn(storage, { appliedIndex: 10 });
    node.step(makeApp(one, two, 1, 1, 10, [makeEntry(1, 11, EntryType.confChangeV2)], 11));
    node.campaign();
    expect(node.role).toBe('follower');
    const lines = (node.raft.settings.log as Lines).lines;
    expect(lines.at(-1)).toContain(
      'cannot campaign at term 1 since there are still pending configuration changes',
    );
  });

  it('says so when its snapshot is not ready, and asks again', () => {
    class Busy extends MemoryStorage {
      busy = true;
      override snapshot(): Snapshot | RaftError {
        return this.busy ? snapshotTemporarilyUnavailableError : super.snapshot();
      }
    }
    const storage = new Busy();
    const confState = { ...emptyConfState, voters: [one] };
    storage.applySnapshot({ data: emptyBytes, metadata: { confState, index: 10, term: 1 } });
    const node = nodeOn(storage);
    node.campaign();
    settle(node, storage);
    node.proposeConfChange(makeConfChange(ConfChangeType.addLearnerNode, two));
    settle(node, storage);
    const next = node.status().progress[1]?.next ?? 0;
    node.step({ ...makeAppResp(one, two, 1, next - 1), reject: true, rejectHint: 0 });
    const lines = (node.raft.settings.log as Lines).lines;
    expect(lines.at(-1)).toContain('snapshot is temporarily unavailable');
    storage.busy = false;
    node.step({ type: MessageType.heartbeatResp, to: one, from: two, term: 1, context: fromText('') });
    expect(node.ready().messages.map(({ type }) => type)).toContain(MessageType.snap);
  });

  it('refuses configurations that can not work', () => {
    const storage = storageOf([one]);
    const bad: readonly (readonly [Partial<Config>, string])[] = [
      [{ id: 0 as NodeId }, 'id above 0'],
      [{ heartbeatTicks: 0 }, 'heartbeatTicks'],
      [{ electionTicks: 1 }, 'electionTicks'],
      [{ inflightMessagesMax: 0 }, 'inflightMessagesMax'],
      [{ inflightBytesMax: 5, messageBytesMax: 6 }, 'inflightBytesMax'],
      [{ uncommittedBytesMax: 0 }, 'uncommittedBytesMax'],
      [{ committedBytesPerReadyMax: 0 }, 'committedBytesPerReadyMax'],
      [{ messageBytesMax: -1 }, 'messageBytesMax'],
      [{ readOnlyOption: 'leaseBased' }, 'checkQuorum'],
    ];
    for (const [overrides, message] of bad) expect(() => nodeOn(storage, overrides)).toThrow(message);
    expect(nodeOn(storage, { messageBytesMax: 0 }).raft.settings.committedBytesPerReadyMax).toBe(1);
  });

  it('draws its election timeout from [electionTicks, 2 * electionTicks - 1]', () => {
    const bounds: number[] = [];
    const random: Random = {
      below(bound) {
        bounds.push(bound);
        return bound - 1;
      },
    };
    const node = nodeOn(storageOf([one, two]), { random });
    expect(bounds).toEqual([10]);
    for (let i = 0; i < 18; i++) node.tick();
    expect(node.role).toBe('follower');
    node.tick();
    expect(node.role).toBe('candidate');
  });

  it('never campaigns while it hears of its leader', () => {
    const node = nodeOn(storageOf([one, two]));
    for (let i = 0; i < 50; i++) {
      node.step(makeHeartbeat(one, two, 1, 10, fromText('')));
      for (let ticks = 0; ticks < 9; ticks++) node.tick();
    }
    expect([node.role, node.term, node.leader]).toEqual(['follower', 1, 2]);
    node.tick();
    expect(node.role).toBe('candidate');
  });

  it('is plain data: a copy of its state goes on like the original', () => {
    const storage = storageOf([one, two]);
    const node = nodeOn(storage);
    node.campaign();
    settle(node, storage);
    node.step({ type: MessageType.voteResp, to: one, from: two, term: 1, reject: false });
    const { settings, raftLog, ...rest } = node.raft;
    const { storage: _, log, ...logRest } = raftLog;
    expect([_ === settings.storage, log === settings.log]).toEqual([true, true]);
    expect(structuredClone(rest)).toEqual(rest);
    expect(structuredClone(logRest)).toEqual(logRest);
  });

  it('fails loudly when a conf change that can not be applied was committed', () => {
    const node = nodeOn(storageOf([one, two]));
    expect(() => node.applyConfChange(makeConfChangeV2([]))).toThrow("can't leave a non-joint config");
    const everybody = [one, two].map((nodeId) => ({ type: ConfChangeType.removeNode, nodeId }));
    expect(() => node.applyConfChange(makeConfChangeV2(everybody))).toThrow('removed all voters');
  });
});

describe('the log in memory', () => {
  it('keeps what follows the compacted part', () => {
    const storage = storageOf([one], 2);
    storage.append([makeEntry(1, 3), makeEntry(2, 4), makeEntry(2, 5)]);
    expect(storage.compact(2)).toBe(compactedError);
    expect(storage.compact(4)).toBeNull();
    expect([storage.firstIndex(), storage.lastIndex()]).toEqual([5, 5]);
    expect(storage.term(4)).toBe(2);
    expect(storage.term(3)).toBe(compactedError);
    expect(storage.entries(4, 6, Infinity)).toBe(compactedError);
    expect(storage.term(6)).toMatchObject({ code: 'unavailable' });
    expect(() => storage.compact(9)).toThrow('out of bound');
  });

  it('replaces what new entries overlap and refuses a gap', () => {
    const storage = storageOf([one], 2);
    storage.append([makeEntry(1, 3), makeEntry(1, 4), makeEntry(1, 5)]);
    storage.append([makeEntry(2, 4)]);
    expect(terms(storage)).toEqual(['1/3', '2/4']);
    storage.append([makeEntry(1, 1), makeEntry(1, 2), makeEntry(3, 3)]);
    expect(terms(storage)).toEqual(['3/3']);
    storage.append([makeEntry(1, 2)]);
    expect(terms(storage)).toEqual(['3/3']);
    expect(() => storage.append([makeEntry(3, 5)])).toThrow('missing log entry');
  });

  it('returns at least one entry, and then as many as fit', () => {
    const storage = storageOf([one], 2);
    // Four bytes each: term and index with their tags.
    storage.append([3, 4, 5].map((index) => makeEntry(1, index, EntryType.normal, new Uint8Array(0))));
    const count = (bytes: number): number => (storage.entries(3, 6, bytes) as readonly Entry[]).length;
    expect([count(0), count(4), count(7), count(8), count(12), count(Infinity)]).toEqual([1, 1, 1, 2, 3, 3]);
  });

  it('takes only newer snapshots', () => {
    const storage = storageOf([one], 4);
    const old = { data: emptyBytes, metadata: { confState: emptyConfState, index: 4, term: 1 } };
    expect(storage.applySnapshot(old)).toMatchObject({ code: 'snapOutOfDate' });
    storage.append([makeEntry(1, 5), makeEntry(1, 6)]);
    expect(storage.createSnapshot(4, null, emptyBytes)).toMatchObject({ code: 'snapOutOfDate' });
    expect(storage.createSnapshot(6, null, emptyBytes)).toMatchObject({
      metadata: { index: 6, term: 1, confState: { voters: [1] } },
    });
    expect(storage.firstIndex()).toBe(5);
    expect(storage.createSnapshot(7, null, emptyBytes)).toMatchObject({ code: 'unavailable' });
  });
});
