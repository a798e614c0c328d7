import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import type { ByteString } from '../../core/base/bytes.ts';

/** A frame of gRPC: a flag byte, four bytes of length, the message. */
const frameHeadBytes = 5;

export function openCall(
  session: ClientHttp2Session,
  path: string,
  token: ByteString | undefined,
): ClientHttp2Stream {
  return session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...(token === undefined ? {} : { authorization: token }),
  });
}

export function frameOf(message: Uint8Array): Uint8Array {
  const head = Buffer.alloc(frameHeadBytes);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Puts messages together from what arrives in pieces. */
export class Frames {
  private rest: Buffer = Buffer.alloc(0);

  take(chunk: Uint8Array): Uint8Array[] {
    this.rest = Buffer.concat([this.rest, chunk]);
    const messages: Uint8Array[] = [];
    while (this.rest.length >= frameHeadBytes) {
      const end = frameHeadBytes + this.rest.readUInt32BE(1);
      if (this.rest.length < end) break;
      messages.push(new Uint8Array(this.rest.subarray(frameHeadBytes, end)));
      this.rest = this.rest.subarray(end);
    }
    return messages;
  }
}

export interface GrpcAnswer {
  readonly status: number;
  readonly message: string;
  readonly body: Uint8Array;
}

/** One call with one answer. */
export function callOnce(stream: ClientHttp2Stream, request: Uint8Array): Promise<GrpcAnswer> {
  return new Promise((resolve, reject) => {
    const frames = new Frames();
    let body: Uint8Array = new Uint8Array(0);
    let [status, message] = [-1, ''];
    const readStatus = (headers: IncomingHttpHeaders): void => {
      if (headers['grpc-status'] === undefined) return;
      status = Number(headers['grpc-status']);
      const text = headers['grpc-message'] ?? '';
      message = decodeURIComponent(typeof text === 'string' ? text : text.join());
    };
    stream.on('response', readStatus);
    stream.on('trailers', readStatus);
    stream.on('data', (chunk: Buffer) => {
      for (const found of frames.take(chunk)) body = found;
    });
    stream.on('error', reject);
    stream.on('end', () => resolve({ status, message, body }));
    stream.end(frameOf(request));
  });
}
