import { type ByteString, emptyByteString } from '../../base/bytes.ts';
import { grpcCodes } from '../../server/api/index.ts';
import type { KeyValue, LeaseId, ResponseHeader } from '../../server/api/index.ts';
import { prefixRange } from '../../client/keys.ts';
import { RequestFailure } from '../grpc/failure.ts';
import type { SessionClient } from './session_client.ts';

/** Seconds to live of a lease that is granted because the client gave none (etcd: defaultSessionTTL). */
const leaseSeconds = 60;

/** A place in the line behind a prefix: the lowest create revision is first. */
export interface Place {
  readonly key: ByteString;
  readonly createRevision: number;
  readonly lease: LeaseId;
  readonly value: ByteString;
  /** Of the answer that told it. */
  readonly header: ResponseHeader;
}

/** An error of the recipe, which gRPC gives no code. */
export function recipeFailure(message: string): RequestFailure {
  return new RequestFailure({ kind: 'error', code: grpcCodes.UNKNOWN, message });
}

/** Joins the line, or finds the place that the lease has in it. */
export async function join(
  client: SessionClient,
  name: ByteString,
  given: LeaseId,
  value: ByteString,
): Promise<Place> {
  const lease = given === 0n ? (await client.call('lease_grant', { TTL: leaseSeconds })).ID : given;
  const key = `${name}/${BigInt.asUintN(64, lease).toString(16)}` as ByteString;
  const { header, succeeded, responses } = await client.call('txn', {
    compare: [{ target: 'CREATE', result: 'EQUAL', key, create_revision: 0 }],
    success: [{ kind: 'put', put: { key, value, lease } }],
    failure: [{ kind: 'range', range: { key } }],
  });
  if (succeeded) return { key, createRevision: header.revision, lease, value, header };
  const [found] = responses;
  const kv = found?.kind === 'range' ? found.range.kvs[0] : undefined;
  return {
    key,
    createRevision: kv?.create_revision ?? 0,
    lease,
    value: kv?.value ?? emptyByteString,
    header,
  };
}

/** Waits until nobody who came before is in the line; gives the place up if that fails. */
export async function awaitTurn(
  client: SessionClient,
  name: ByteString,
  place: Place,
): Promise<ResponseHeader> {
  try {
    for (;;) {
      const before = await client.call('range', {
        ...prefixRange(`${name}/` as ByteString),
        sort_order: 'DESCEND',
        sort_target: 'CREATE',
        limit: 1,
        max_create_revision: place.createRevision - 1,
      });
      const [predecessor] = before.kvs;
      if (predecessor === undefined) return before.header;
      const start_revision = before.header.revision + 1;
      await client.watch({ key: predecessor.key, start_revision }, ({ events }) =>
        events.some(({ type }) => type === 'DELETE'),
      );
    }
  } catch (failure) {
    await leave(client, place.key, place.createRevision).catch(() => undefined);
    throw failure;
  }
}

/** The pair of a place as it is now; null if it is gone. */
export async function pairOf(client: SessionClient, key: ByteString): Promise<KeyValue | null> {
  return (await client.call('range', { key })).kvs[0] ?? null;
}

/** Removes this place and no later one under the same key. */
export async function leave(
  client: SessionClient,
  key: ByteString,
  createRevision: number,
): Promise<{ readonly header: ResponseHeader; readonly wasThere: boolean }> {
  const { header, succeeded } = await client.call('txn', {
    compare: [{ target: 'CREATE', result: 'EQUAL', key, create_revision: createRevision }],
    success: [{ kind: 'delete_range', delete_range: { key } }],
    failure: [],
  });
  return { header, wasThere: succeeded };
}
