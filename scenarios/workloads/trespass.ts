/** Ways to get at keys that a plain get or put would be refused. What came of them is written down for `judgeAuth`. */
import type { ByteString } from '../../core/base/bytes.ts';
import { bytes, endOfKeys, text } from '../../core/client/index.ts';
import type { RequestOp, TxnRequest, TxnResponse } from '../../core/server/api/index.ts';
import type { Attempt } from '../../sim/checkers/recipes/auth_windows.ts';
import type { WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';

interface Trespasser {
  readonly client: WorkloadClient;
  readonly user: string;
  /** One of which he may have. */
  readonly keys: readonly string[];
}

/** One of them, drawn. */
export function* tryOtherWays(client: WorkloadClient, user: string, keys: readonly string[]): Script {
  const trespasser = { client, user, keys: client.random.shuffle(keys) };
  yield* client.random.pick([readBehind, watchBehind, readPrevious, nestTxn])(trespasser);
}

function note({ client, user }: Trespasser, access: Attempt['access'], key: string, span: Span): void {
  const attempt: Attempt = { user, key, access, succeeded: true, ...span };
  client.note('attempt', attempt);
}

type Span = Pick<Attempt, 'callNs' | 'returnNs'>;

/** Everything from a key on. */
function* readBehind(trespasser: Trespasser): Script {
  const { etcd } = trespasser.client;
  const callNs = yield* etcd.now();
  const found = yield* etcd.range({ key: bytes(trespasser.keys[0] ?? ''), range_end: endOfKeys });
  if (found.status !== 'ok') return;
  const returnNs = yield* etcd.now();
  for (const { key } of found.response.kvs) note(trespasser, 'read', text(key), { callNs, returnNs });
}

/** The same by a watch. Permissions are looked at when it begins. */
function* watchBehind(trespasser: Trespasser): Script {
  const { etcd, random } = trespasser.client;
  const callNs = yield* etcd.now();
  const watch = yield* etcd.watch({ key: bytes(trespasser.keys[0] ?? ''), range_end: endOfKeys });
  const heard = yield* watch.next(random.between(50, 300));
  yield* watch.cancel();
  if (heard?.kind !== 'events') return;
  const returnNs = yield* etcd.now();
  for (const { kv } of heard.events) note(trespasser, 'read', text(kv.key), { callNs, returnNs });
}

/** The pair before, from a put in a txn. */
function* readPrevious(trespasser: Trespasser): Script {
  const [key = ''] = trespasser.keys;
  const put = { key: bytes(key), value: ownValue(trespasser), prev_kv: true };
  yield* transact(trespasser, [{ kind: 'put', put }], 'write', key);
}

/** A txn in a txn. */
function* nestTxn(trespasser: Trespasser): Script {
  const { client, keys } = trespasser;
  const [key = ''] = keys;
  const reads = client.random.chance(1, 2);
  const inner: RequestOp = reads
    ? { kind: 'range', range: { key: bytes(key) } }
    : { kind: 'put', put: { key: bytes(key), value: ownValue(trespasser) } };
  yield* transact(trespasser, [{ kind: 'txn', txn: always([inner]) }], reads ? 'read' : 'write', key);
}

function ownValue({ client, user }: Trespasser): ByteString {
  return bytes(`${user}.${client.random.below(1_000_000)}`);
}

function always(success: readonly RequestOp[]): TxnRequest {
  return { compare: [], success, failure: [] };
}

function* transact(
  trespasser: Trespasser,
  operations: readonly RequestOp[],
  access: Attempt['access'],
  key: string,
): Script {
  const { etcd } = trespasser.client;
  const callNs = yield* etcd.now();
  const done = yield* etcd.txn(always(operations));
  if (done.status !== 'ok') return;
  const span = { callNs, returnNs: yield* etcd.now() };
  note(trespasser, access, key, span);
  if (givesPrevious(done.response)) note(trespasser, 'read', key, span);
}

function givesPrevious({ responses }: TxnResponse): boolean {
  return responses.some((each) => each.kind === 'put' && each.put.prev_kv !== undefined);
}
