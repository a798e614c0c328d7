import { createHash } from 'node:crypto';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { type ByteString, fromBytes } from '../../base/bytes.ts';
import { type SnapshotRequest, type SnapshotResponse, snapshotRpc } from '../../server/api/index.ts';
import type { MemberHost } from '../host/member_host.ts';
import type { Credentials } from './credentials.ts';
import { RequestFailure, statusOf } from './failure.ts';
import { methodOf } from './method.ts';
import { type ServedMethod, served } from './unary.ts';

/** Bytes of the file in one message (etcd: snapshotSendBufferSize). */
const pieceBytes = 32 * 1024;

/** As etcd 3.4 sends them: without a header that says anything. */
const emptyHeader = { cluster_id: 0n, member_id: 0n, revision: 0, raft_term: 0 };

/**
 * The database in pieces, then its SHA-256, by which `snapshot restore` knows that it is whole. Throws RequestFailure if the token's owner
 * may not have it.
 */
export function* snapshotPieces(
  host: MemberHost,
  token: ByteString | undefined,
): Generator<SnapshotResponse, void> {
  const database = host.backup(token);
  if (!(database instanceof Uint8Array)) throw new RequestFailure(database);
  for (let at = 0; at < database.length; at += pieceBytes) {
    const end = Math.min(at + pieceBytes, database.length);
    const blob = fromBytes(database, at, end);
    yield { header: emptyHeader, remaining_bytes: database.length - end, blob };
  }
  const blob = fromBytes(createHash('sha256').update(database).digest());
  yield { header: emptyHeader, remaining_bytes: 0, blob };
}

export function snapshotMethod(host: MemberHost, credentials: Credentials): ServedMethod {
  const definition = methodOf(snapshotRpc, 'serverStream');
  return served(definition, (call: ServerWritableStream<SnapshotRequest, SnapshotResponse>) => {
    const pieces = snapshotPieces(host, credentials.ofCall(call));
    const send = (): void => {
      if (call.cancelled) return;
      const next = pieces.next();
      if (next.done === true) call.end();
      else call.write(next.value, send);
    };
    try {
      send();
    } catch (failure) {
      if (!(failure instanceof RequestFailure)) throw failure;
      call.emit('error', statusOf(failure.response));
    }
  });
}
