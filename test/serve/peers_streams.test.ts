import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromText } from '../../core/base/bytes.ts';
import { noNode } from '../../core/base/ids.ts';
import { ProtobufError } from '../../core/base/protobuf.ts';
import { WideIds } from '../../core/node/host/wide_ids.ts';
import { AppendEncoder, readAppends } from '../../core/node/peers/append_stream.ts';
import { ByteFeed } from '../../core/node/peers/byte_feed.ts';
import { MessageEncoder, readMessages } from '../../core/node/peers/message_stream.ts';
import { decodePeerMessage, encodePeerMessage } from '../../core/node/peers/wire.ts';
import {
  type AppMessage,
  EntryType,
  type Message,
  MessageType,
  emptySnapshot,
  makeEntry,
} from '../../core/raft/index.ts';

const ids = new WideIds();
const local = ids.local(0x8e9e05c52164694dn);
const remote = ids.local(0xfd422379fda50e48n);

function append(term: number, logTerm: number, index: number, count: number): AppMessage {
  const entries = Array.from({ length: count }, (_, i) =>
    makeEntry(term, index + 1 + i, EntryType.normal, Uint8Array.of(i, term)),
  );
  return { type: MessageType.app, to: local, from: remote, term, logTerm, index, entries, commit: index };
}

/** What arrives of it in pieces of this size. */
function arrived(bytes: Uint8Array, pieceBytes: number, kind: 'appends' | 'messages'): readonly Message[] {
  const got: Message[] = [];
  const take = (message: Message): void => void got.push(message);
  const feed = new ByteFeed(
    kind === 'appends' ? readAppends(ids, { local, remote }, take) : readMessages(ids, take),
  );
  for (let at = 0; at < bytes.length; at += pieceBytes) feed.push(bytes.slice(at, at + pieceBytes));
  return got;
}

describe('ids of 64 bits', () => {
  const wide = fc.bigInt({ min: 1n, max: 2n ** 64n - 1n });

  it('become numbers that are the same and in the same order in each process', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(wide, { maxLength: 8, selector: (id) => (id < 2n ** 52n ? id : id >> 12n) }),
        (foreign) => {
          const [one, other] = [new WideIds(), new WideIds()];
          const numbers = foreign.map((id) => one.local(id));
          expect(foreign.toReversed().map((id) => other.local(id))).toEqual(numbers.toReversed());
          expect(numbers.map((id) => one.foreign(id))).toEqual(foreign);
          const byNumber = foreign.toSorted((a, b) => one.local(a) - one.local(b));
          expect(byNumber).toEqual(foreign.toSorted((a, b) => (a < b ? -1 : 1)));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('stay apart where they agree in their top 52 bits', () => {
    const table = new WideIds();
    const [first, second] = [table.local(0xf000000000000001n), table.local(0xf000000000000002n)];
    expect(first).not.toBe(second);
    expect(table.foreign(second)).toBe(0xf000000000000002n);
  });
});

describe('messages between members', () => {
  const shared = { to: local, from: remote, term: 7 };
  const context = fromText('ctx');
  const messages: readonly Message[] = [
    append(7, 6, 10, 3),
    append(7, 7, 13, 0),
    { ...shared, type: MessageType.appResp, logTerm: 5, index: 9, reject: true, rejectHint: 8 },
    { ...shared, type: MessageType.preVote, logTerm: 5, index: 9, context },
    { ...shared, type: MessageType.voteResp, reject: true },
    { ...shared, type: MessageType.heartbeat, commit: 3, context },
    { ...shared, type: MessageType.heartbeatResp, context },
    { ...shared, type: MessageType.prop, entries: [makeEntry(0, 0, EntryType.normal, Uint8Array.of(1))] },
    { ...shared, type: MessageType.readIndex, context },
    { ...shared, type: MessageType.readIndexResp, index: 4, context },
    { ...shared, type: MessageType.timeoutNow },
    {
      ...shared,
      type: MessageType.snap,
      snapshot: {
        data: Uint8Array.of(1, 2),
        metadata: {
          ...emptySnapshot.metadata,
          index: 5,
          term: 2,
          confState: {
            ...emptySnapshot.metadata.confState,
            voters: [local, remote].toSorted((a, b) => a - b),
          },
        },
      },
    },
  ];

  it('are read as what was written, with ids of 64 bits on the wire', () => {
    for (const message of messages) {
      const bytes = encodePeerMessage(message, ids);
      expect(decodePeerMessage(bytes, ids)).toEqual(message);
      // Another process, with numbers of its own, reads the same ids.
      const other = new WideIds();
      const there = decodePeerMessage(bytes, other) as Message;
      expect([other.foreign(there.to), other.foreign(there.from)]).toEqual([
        0x8e9e05c52164694dn,
        0xfd422379fda50e48n,
      ]);
    }
  });

  it('of kinds that stay in a process, and broken ones, are not taken', () => {
    const hup = encodePeerMessage({ ...shared, type: MessageType.hup }, ids);
    expect(decodePeerMessage(hup, ids)).toBeNull();
    const bytes = encodePeerMessage(messages[0] as Message, ids);
    expect(() => decodePeerMessage(bytes.subarray(0, bytes.length - 1), ids)).toThrow(ProtobufError);
    const readless = encodePeerMessage({ ...shared, type: MessageType.timeoutNow }, ids);
    readless[1] = MessageType.readIndex;
    expect(() => decodePeerMessage(readless, ids)).toThrow('a read carries one entry, found 0');
  });

  it('go through the stream in pieces of any size; what says only that it lives is not told', () => {
    const encoder = new MessageEncoder(ids);
    const bytes = Buffer.concat(
      messages.flatMap((message) => [encoder.heartbeat(), ...encoder.encode(message)]),
    );
    for (const size of [1, 7, 64, bytes.length]) expect(arrived(bytes, size, 'messages')).toEqual(messages);
    expect(decodePeerMessage(encoder.heartbeat().subarray(8), ids)).toMatchObject({
      to: noNode,
      from: noNode,
    });
  });

  it('announced too long end the stream', () => {
    expect(() => arrived(new Uint8Array(8).fill(0x7f), 8, 'messages')).toThrow('expected at most 536870912');
  });
});

describe('the stream of appends', () => {
  const story = [
    append(7, 6, 10, 2),
    append(7, 7, 12, 2),
    append(7, 7, 14, 0),
    append(8, 7, 14, 1),
    append(8, 8, 3, 1),
  ];

  it('is read as what was written, in pieces of any size', () => {
    const encoder = new AppendEncoder(ids);
    const bytes = Buffer.concat(
      story.flatMap((message) => [encoder.heartbeat(), ...encoder.encode(message)]),
    );
    for (const size of [1, 5, 100, bytes.length]) expect(arrived(bytes, size, 'appends')).toEqual(story);
  });

  it('writes only the entries of an append that follows the last one, as etcd expects them', () => {
    const encoder = new AppendEncoder(ids);
    expect(encoder.encode(append(7, 6, 10, 2))[0]).toEqual(Uint8Array.of(2));
    const following = Buffer.concat(encoder.encode(append(7, 7, 12, 1)));
    // Kind, count, length, {type, term, index, data}, commit.
    expect(following.toString('hex')).toBe(
      ['01', '0000000000000001', '000000000000000a', '08001007180d22020007', '000000000000000c'].join(''),
    );
    // A new leader's first, and one that goes back, are whole.
    expect(encoder.encode(append(8, 7, 13, 1))[0]).toEqual(Uint8Array.of(2));
    expect(encoder.encode(append(8, 8, 3, 1))[0]).toEqual(Uint8Array.of(2));
  });

  it('with a frame of an unknown kind ends', () => {
    expect(() => arrived(Uint8Array.of(3), 1, 'appends')).toThrow('a frame of kind 3');
  });
});
