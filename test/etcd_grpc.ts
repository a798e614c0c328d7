/** Unary gRPC calls to a real etcd, with messages that we encoded. */
import { type ClientHttp2Session, connect } from 'node:http2';

export interface GrpcResult {
  readonly status: number;
  readonly message: string;
  readonly body: Uint8Array;
}

/** Longer than etcd itself waits before it gives up. */
const callMsMax = 12_000;

export class GrpcSession {
  private readonly session: ClientHttp2Session;

  constructor(url: string) {
    this.session = connect(url);
    // Of a session; calls that it ends reject by themselves.
    this.session.on('error', () => undefined);
  }

  /** One call, such as `etcdserverpb.KV/Range`. Rejects if there is no answer. */
  call(method: string, message: Uint8Array): Promise<GrpcResult> {
    return new Promise((resolve, reject) => {
      const stream = this.session.request({
        ':method': 'POST',
        ':path': `/${method}`,
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      const chunks: Buffer[] = [];
      let status = -1;
      let text = '';
      const readStatus = (headers: Record<string, unknown>): void => {
        if (headers['grpc-status'] === undefined) return;
        status = Number(headers['grpc-status']);
        const encoded = headers['grpc-message'];
        text = typeof encoded === 'string' ? decodeURIComponent(encoded) : '';
      };
      stream.setTimeout(callMsMax, () =>
        stream.destroy(new Error(`${method}: no answer in ${callMsMax} ms`)),
      );
      stream.on('response', readStatus);
      stream.on('trailers', readStatus);
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', reject);
      // A body is one frame: a flag byte, four bytes of length, the message.
      stream.on('end', () => resolve({ status, message: text, body: Buffer.concat(chunks).subarray(5) }));
      const prefix = Buffer.alloc(5);
      prefix.writeUInt32BE(message.length, 1);
      stream.end(Buffer.concat([prefix, message]));
    });
  }

  close(): void {
    this.session.destroy();
  }
}
