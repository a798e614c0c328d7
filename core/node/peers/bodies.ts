import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerText } from '../http/reply.ts';
import { plainBytes } from './byte_feed.ts';

/** Calls back with the whole body, unless it is too large or breaks off, which is answered with 400 and the text. */
export function readBytes(
  request: IncomingMessage,
  response: ServerResponse,
  bytesMax: number,
  failure: string,
  take: (bytes: Uint8Array) => void,
): void {
  const pieces: Buffer[] = [];
  let size = 0;
  request.on('data', (piece: Buffer) => {
    size += piece.length;
    if (size <= bytesMax) pieces.push(piece);
    else {
      response.setHeader('Connection', 'close');
      answerText(response, 400, `${failure}\n`);
      request.removeAllListeners('data');
      request.resume();
    }
  });
  request.on('error', () => undefined);
  request.on('end', () => {
    if (size <= bytesMax) take(plainBytes(Buffer.concat(pieces)));
  });
}
