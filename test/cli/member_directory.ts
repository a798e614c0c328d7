import { Backend, Buckets } from '../../core/backend/index.ts';
import { fromBytes, fromText, type ByteString } from '../../core/base/bytes.ts';
import { NodeIdTable } from '../../core/base/node_ids.ts';
import { ProtobufWriter } from '../../core/base/protobuf.ts';
import { encodeKeyValue } from '../../core/mvcc/key_value.ts';
import { encodeRevision } from '../../core/mvcc/revision.ts';
import { EntryType, emptyConfState, makeEntry } from '../../core/raft/entry.ts';
import { encodeRaftRequest } from '../../core/server/api/index.ts';
import type { RequestOp } from '../../core/server/api/index.ts';
import { Publisher, Snapshotter } from '../../core/snap/index.ts';
import { Wal } from '../../core/wal/index.ts';
import { type DiskImage, imageAfterCrash } from '../../sim/disk/image.ts';
import { RandomStream } from '../../sim/random.ts';
import { DiskBench } from '../disk/host.ts';

export const node = 0x8e9e05c52164694dn;
const other = 0x91bc3c398fb3c146n;
const cluster = 0xcdf818194e3a8c32n;

const steps = { wal: 1, publisher: 2, backend: 3, nobody: 9 } as const;
/** Small, so that a few entries fill several. */
const segmentBytes = 1200;

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

/** A message of fields in this order: numbers as varints, bytes and texts with their length. */
export function message(
  ...fields: readonly (readonly [number, bigint | number | string | Uint8Array])[]
): Uint8Array {
  const writer = new ProtobufWriter();
  for (const [field, value] of fields) {
    if (typeof value === 'string') writer.bytes(field, text(value));
    else if (value instanceof Uint8Array) writer.bytes(field, value);
    else varint(writer, field, BigInt(value));
  }
  return writer.finish();
}

function varint(writer: ProtobufWriter, field: number, value: bigint): void {
  writer.rawVarint(field * 8);
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) writer.rawBytes(Uint8Array.of(Number(rest & 0x7fn) | 0x80));
  writer.rawBytes(Uint8Array.of(Number(rest)));
}

function kv(request: RequestOp): Uint8Array {
  return encodeRaftRequest({ header: { ID: 7 }, request });
}

function put(key: string, value: string | ByteString): Uint8Array {
  return kv({ kind: 'put', put: { key: fromText(key), value: fromText(value) } });
}

const member = '{"id":10276657743932975437,"peerURLs":["http://10.0.0.1:2380"],"name":"s1"}';

const txn: RequestOp = {
  kind: 'txn',
  txn: {
    compare: [
      { target: 'VALUE', result: 'EQUAL', key: fromText('foo'), value: fromText('bar') },
      { target: 'MOD', result: 'GREATER', key: fromText('a'), range_end: fromText('b'), mod_revision: 4 },
    ],
    success: [
      {
        kind: 'put',
        put: { key: fromText('foo'), value: fromText('baz'), lease: 0x32695410dcc0ca06n, prev_kv: true },
      },
      { kind: 'range', range: { key: fromText(''), range_end: fromText('\0'), limit: 3, keys_only: true } },
    ],
    failure: [{ kind: 'delete_range', delete_range: { key: fromText('x'), range_end: fromText('y') } }],
  },
};

const header = message([1, 7], [2, 'alice'], [3, 2]);
/** A text that would move a terminal's cursor and turn its direction, and a byte that is no UTF-8. */
const hostile = Uint8Array.of(0x1b, 0x5b, 0x32, 0x4a, 0xe2, 0x80, 0xae, 0xff, 0x22, 0xc3, 0xa9);

/** What stands in the log: the entries' data from index 1 on, each of the kinds that etcd writes. */
const conf = { type: EntryType.confChange, data: message([1, 1], [2, 0], [3, node], [4, member]) };
const confV2 = {
  type: EntryType.confChangeV2,
  data: message([1, 1], [2, message([1, 3], [2, other])], [2, message([1, 1], [2, 5])]),
};
const v2Path = `/0/members/${node.toString(16)}/attributes`;
const v2Value = '{"name":"s1","clientURLs":["http://10.0.0.1:2379"]}';
const normal: readonly Uint8Array[] = [
  text(''),
  message([1, 99], [2, 'PUT'], [3, v2Path], [4, v2Value], [5, 0], [6, ''], [7, 0], [9, 0], [10, 0]),
  message([1, 98], [2, 'SYNC'], [3, ''], [4, ''], [15, 1_700_000_000_000_000_000n]),
  put('foo', 'bar'),
  put('', `${'long '.repeat(40)}end`),
  kv({ kind: 'put', put: { key: fromBytes(hostile), ignore_value: true } }),
  kv(txn),
  message([7, message([1, 8], [2, 1])], [100, header]),
  message([8, message([1, 600], [2, 0x32695410dcc0ca06n])], [100, header]),
  message([9, message([1, 0x32695410dcc0ca06n])], [100, header]),
  message([10, message([1, 1], [2, node], [3, 1])], [100, header]),
  message([100, header], [1000, text('')]),
  message([100, header], [1012, message([1, 'root'], [2, 'secret'], [3, 'abcdefghijklmnop'])]),
  message([100, header], [1100, message([1, 'bob'], [2, 'hunter2'], [3, message([1, 1])])]),
  message([100, header], [1203, message([1, 'readers'], [2, message([2, 'a'], [3, 'b'])])]),
  message([100, header], [1777, text('from a newer etcd')]),
  text('\u0001 neither'),
];

/** A member's directory, written by our own log, snapshots and backend: several log files, one snapshot, every bucket. */
export function memberDirectory(): DiskImage {
  const bench = new DiskBench('tools');
  const { disk } = bench;
  disk.makeDirectory('member');
  disk.makeDirectory('member/snap');
  const ids = new NodeIdTable();
  const vote = ids.local(node);
  const wal = Wal.create(disk, 'member/wal', message([1, node], [2, cluster]), {
    stepToken: steps.wal,
    segmentBytes,
    ids,
  });
  const publisher = new Publisher(disk, steps.publisher);
  const snapshotter = new Snapshotter(disk, 'member/snap', publisher, ids);
  const backend = Backend.open(disk, 'member/snap/db', { stepToken: steps.backend });
  const settle = (): void => {
    for (;;) {
      const completion = bench.completeOne();
      if (completion === null) return;
      const { token } = completion;
      if (!wal.onDisk(token) && !publisher.onDisk(token)) backend.onDisk(token);
    }
  };
  settle();
  const entries = [conf, confV2, ...normal.map((data) => ({ type: EntryType.normal, data }))].map(
    ({ type, data }, i) => makeEntry(i < 2 ? 1 : 2, i + 1, type, data),
  );
  wal.save({ term: 2, vote, commit: 2 }, entries.slice(0, 8));
  settle();
  wal.save({ term: 2, vote, commit: 8 }, entries.slice(8));
  settle();
  const confState = { ...emptyConfState, voters: [vote], learners: [ids.local(other)] };
  snapshotter.save({ data: text('{"Root":{}}'), metadata: { confState, index: 8, term: 2 } }, steps.nobody);
  settle();
  wal.saveSnapshot({ index: 8, term: 2 });
  // A leader of a later term replaced the end.
  const replaced = makeEntry(3, 18, EntryType.normal, put('after', 'the election'));
  wal.save({ term: 3, vote: ids.local(0n), commit: 17 }, [replaced]);
  settle();
  fill(backend);
  settle();
  return imageAfterCrash(disk, 'keep', new RandomStream('tools'));
}

function kvBytes(key: string, value: string, revision: number, version: number, lease = 0n): Uint8Array {
  const writer = new ProtobufWriter();
  encodeKeyValue(writer, {
    key: fromText(key),
    value: fromText(value),
    create_revision: revision - version + 1,
    mod_revision: revision,
    version,
    lease,
  });
  return writer.finish();
}

function fill(backend: Backend): void {
  const tx = backend.lock();
  for (const bucket of Object.values(Buckets)) tx.createBucket(bucket);
  const revision = (main: number, sub: number, tombstone = false) =>
    fromBytes(encodeRevision({ main, sub }, tombstone));
  tx.put(Buckets.key, revision(2, 0), kvBytes('foo', 'bar', 2, 1));
  tx.put(Buckets.key, revision(3, 0), kvBytes('foo', 'baz', 3, 2, 0x32695410dcc0ca06n));
  tx.put(Buckets.key, revision(3, 1, true), message([1, 'x']));
  tx.put(Buckets.meta, fromText('consistent_index'), Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 17));
  tx.put(Buckets.meta, fromText('finishedCompactRev'), encodeRevision({ main: 2, sub: 0 }, false));
  tx.put(Buckets.meta, fromText('other'), text('\u0007'));
  const lease = Uint8Array.of(0x32, 0x69, 0x54, 0x10, 0xdc, 0xc0, 0xca, 0x06);
  tx.put(Buckets.lease, fromBytes(lease), message([1, 0x32695410dcc0ca06n], [2, 600]));
  tx.put(Buckets.auth, fromText('authEnabled'), Uint8Array.of(1));
  tx.put(Buckets.auth, fromText('authRevision'), Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 6));
  tx.put(
    Buckets.authUsers,
    fromText('root'),
    message([1, 'root'], [2, '$2a$10$hash'], [3, 'root'], [3, 'readers']),
  );
  tx.put(Buckets.authRoles, fromText('readers'), message([1, 'readers'], [2, message([2, 'a'], [3, 'b'])]));
  tx.put(Buckets.alarm, fromBytes(message([1, node], [2, 1])), text(''));
  tx.put(Buckets.cluster, fromText('clusterVersion'), text('3.4.0'));
  tx.put(Buckets.members, fromText(node.toString(16)), text(member));
  tx.put(Buckets.membersRemoved, fromText(other.toString(16)), text('removed'));
  backend.unlock();
  backend.commit();
}
