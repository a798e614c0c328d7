import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyBytes, fromText, toBytes } from '../../core/base/bytes.ts';
import type { NodeId } from '../../core/base/ids.ts';
import { ProtobufError } from '../../core/base/protobuf.ts';
import {
  ConfChangeType,
  decodeConfChange,
  decodeConfChangeV2,
  decodeConfState,
  decodeEntry,
  decodeHardState,
  decodeMessage,
  decodeSnapshot,
  emptyConfState,
  emptySnapshot,
  encodeConfChange,
  encodeConfChangeV2,
  encodeConfState,
  encodeEntry,
  encodeHardState,
  encodeMessage,
  encodeSnapshot,
  EntryType,
  localAppendThread,
  localApplyThread,
  makeApp,
  makeAppReject,
  makeAppResp,
  makeConfChange,
  makeConfChangeV2,
  makeEntry,
  makeHeartbeat,
  makeHeartbeatResp,
  makePlain,
  makeProp,
  makeReadIndex,
  makeReadIndexResp,
  makeSnap,
  makeSnapStatus,
  makeStorageAppend,
  makeStorageAppendResp,
  makeStorageApply,
  makeStorageApplyResp,
  makeVote,
  makeVoteResp,
  MessageType,
  type Message,
} from '../../core/raft/index.ts';

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Hex digits without the spaces that make them readable. */
function packed(text: string): string {
  return text.replaceAll(' ', '');
}

const one = 1 as NodeId;
const two = 2 as NodeId;
const text = (value: string): Uint8Array => toBytes(fromText(value));
const entry = makeEntry(3, 300, EntryType.normal, text('x'));
const confState = { ...emptyConfState, voters: [one, two], learners: [3 as NodeId], autoLeave: true };
const snapshot = { data: text('s'), metadata: { confState, index: 5, term: 4 } };
const read = fromText('r');
const hardState = { term: 2, vote: one, commit: 9 };

const everyMessage: readonly Message[] = [
  makePlain(MessageType.hup, 0 as NodeId, one, 0),
  makePlain(MessageType.beat, 0 as NodeId, one, 0),
  makePlain(MessageType.checkQuorum, 0 as NodeId, one, 0),
  makePlain(MessageType.unreachable, 0 as NodeId, one, 0),
  makePlain(MessageType.transferLeader, two, one, 7),
  makePlain(MessageType.timeoutNow, two, one, 7),
  makePlain(MessageType.forgetLeader, two, one, 0),
  makeProp(two, one, [makeEntry(0, 0, EntryType.normal, text('p'))]),
  makeApp(two, one, 7, 3, 299, [entry, makeEntry(7, 301)], 298),
  makeAppResp(two, one, 7, 12),
  makeAppReject(two, one, 7, 12, 11, 6),
  makeVote(MessageType.vote, two, one, 7, 3, 300, fromText('CampaignTransfer')),
  makeVote(MessageType.preVote, two, one, 8, 3, 300),
  makeVoteResp(MessageType.voteResp, two, one, 7, false),
  makeVoteResp(MessageType.preVoteResp, two, one, 7, true),
  makeSnap(two, one, 7, snapshot),
  makeSnapStatus(two, true),
  makeHeartbeat(two, one, 7, 4, read),
  makeHeartbeatResp(two, one, 7, read),
  makeReadIndex(two, one, read),
  makeReadIndexResp(two, one, 7, 11, read),
  makeStorageAppend(one, hardState, [entry], snapshot, [makeAppResp(two, one, 7, 12)]),
  makeStorageAppendResp(one, 7, 3, 300, null),
  makeStorageApplyResp(one, [entry]),
  makeStorageApply(one, [entry], [makeStorageApplyResp(one, [entry])]),
];

describe("raftpb's bytes", () => {
  it('write every scalar, and bytes only if there are any', () => {
    expect(hex(encodeHardState({ term: 1, vote: 0 as NodeId, commit: 1 }))).toBe('080110001801');
    expect(hex(encodeEntry(makeEntry(1, 1)))).toBe('080010011801');
    expect(hex(encodeEntry(entry))).toBe('0800100318ac02220178');
    expect(hex(encodeConfState(confState))).toBe(packed('0801 0802 1003 2801'));
    expect(hex(encodeSnapshot(emptySnapshot))).toBe(packed('1208 0a022800 1000 1800'));
    expect(hex(encodeConfChange(makeConfChange(ConfChangeType.addNode, two, text('c'))))).toBe(
      packed('0800100018 02 220163'),
    );
    const change = makeConfChangeV2([{ type: ConfChangeType.addLearnerNode, nodeId: two }]);
    expect(hex(encodeConfChangeV2(change))).toBe(packed('0800 1204 08031002'));
    expect(hex(encodeConfChangeV2(makeConfChangeV2([])))).toBe('0800');
  });

  it('of messages are those of release 3.6', () => {
    expect(hex(encodeMessage(makeAppReject(two, one, 7, 12, 11, 6)))).toBe(
      packed('0804 1002 1801 2007 2806 300c 4000 5001 580b 6800'),
    );
    expect(hex(encodeMessage(makeReadIndex(two, one, read)))).toBe(
      packed('080f 1002 1801 2000 2800 3000 3a09 080010001800220172 4000 50005800 6800'),
    );
    const toDisk = hex(encodeMessage(makeStorageAppendResp(one, 7, 3, 300, null)));
    expect(toDisk).toContain('18ffffffffffffffffff01');
  });

  it('bring every message back', () => {
    const types = new Set<number>();
    for (const message of everyMessage) {
      types.add(message.type);
      expect(decodeMessage(encodeMessage(message))).toEqual(message);
    }
    expect(types.size).toBe(Object.keys(MessageType).length);
    expect([localAppendThread, localApplyThread]).toEqual([-1, -2]);
  });

  it('bring entries, states and changes back', () => {
    expect(decodeEntry(encodeEntry(entry))).toEqual(entry);
    expect(decodeEntry(encodeEntry(makeEntry(2, 1, EntryType.confChange))).data).toBe(emptyBytes);
    expect(decodeHardState(encodeHardState(hardState))).toEqual(hardState);
    const joint = { ...confState, votersOutgoing: [two], learnersNext: [two] };
    expect(decodeConfState(encodeConfState(joint))).toEqual(joint);
    expect(decodeSnapshot(encodeSnapshot(snapshot))).toEqual(snapshot);
    const change = makeConfChange(ConfChangeType.updateNode, two, text('c'), 77);
    expect(decodeConfChange(encodeConfChange(change))).toEqual(change);
    const changes = makeConfChangeV2([{ type: ConfChangeType.removeNode, nodeId: two }], 2, text('c'));
    expect(decodeConfChangeV2(encodeConfChangeV2(changes))).toEqual(changes);
  });

  it('skip fields that they do not know', () => {
    const unknown = new Uint8Array([...encodeHardState(hardState), 0x7a, 0x01, 0x00]);
    expect(decodeHardState(unknown)).toEqual(hardState);
  });

  it('are refused when they make no sense, and never crash the reader', () => {
    expect(() => decodeMessage(new Uint8Array([0x08, 0x63]))).toThrow(ProtobufError);
    expect(() => decodeMessage(new Uint8Array([0x08, 0x0f]))).toThrow('a read carries one entry');
    expect(() => decodeEntry(new Uint8Array([0x08, 0x09]))).toThrow('unknown enum value');
    const bytes = encodeMessage(everyMessage[8] as Message);
    fc.assert(
      fc.property(fc.nat({ max: bytes.length }), fc.uint8Array({ maxLength: 6 }), (at, noise) => {
        try {
          decodeMessage(new Uint8Array([...bytes.subarray(0, at), ...noise]));
        } catch (error) {
          expect(error).toBeInstanceOf(ProtobufError);
        }
      }),
    );
  });
});
