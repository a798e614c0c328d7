import { bigEndian64 } from '../../base/bytes.ts';
import { Readable } from 'node:stream';
import type { Message } from '../../raft/index.ts';
import { type PeerDialer, readReply, refusalOf } from './dialer.ts';
import { type Identity, headersOf } from './identity.ts';
import { encodePeerMessage } from './wire.ts';

/** Silence after which the receiver is given up; it may look through the whole database before it answers. */
const silenceMsMax = 30_000;
const sliceBytes = 256 * 1024;

/** The message with its length, then the database as it is. Resolves with null when it was taken, else with the reason. */
export function postSnapshot(
  dialer: PeerDialer,
  url: string,
  identity: Identity,
  message: Message,
  database: Uint8Array,
): Promise<string | null> {
  const bytes = encodePeerMessage(message, identity.ids);
  const size = 8 + bytes.length + database.length;
  const headers = {
    ...headersOf(identity),
    'Content-Type': 'application/octet-stream',
    'Content-Length': String(size),
  };
  return new Promise((resolve) => {
    const request = dialer.open(url, { method: 'POST', path: '/raft/snapshot', headers });
    request.setTimeout(silenceMsMax, () => request.destroy(new Error('i/o timeout')));
    request.on('error', (error) => resolve(error.message));
    request.on('response', (response) => {
      void readReply(response).then((reply) => {
        const refusal = reply === null ? 'no answer' : refusalOf(reply);
        resolve(reply?.status === 204 ? null : refusal);
        request.destroy();
      });
    });
    Readable.from(slices([bigEndian64(bytes.length), bytes, database]), { objectMode: false }).pipe(request);
  });
}

function* slices(parts: readonly Uint8Array[]): Generator<Uint8Array> {
  for (const part of parts) {
    for (let at = 0; at < part.length; at += sliceBytes) yield part.subarray(at, at + sliceBytes);
  }
}
