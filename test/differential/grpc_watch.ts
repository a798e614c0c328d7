import type { ClientHttp2Stream } from 'node:http2';
import {
  type WatchRequest,
  type WatchResponse,
  decodeWatchResponse,
  encodeWatchRequest,
} from '../../core/server/api/index.ts';
import { Frames, frameOf } from './grpc.ts';
import type { WatchFeed } from './side.ts';

/** How long etcd may take to deliver what our side has delivered: its sync loop runs every 100 ms. */
const patienceMs = 3000;

/** A watch stream over gRPC. */
export class GrpcWatch implements WatchFeed {
  readonly received: WatchResponse[] = [];
  private readonly stream: ClientHttp2Stream;
  private readonly frames = new Frames();
  private wake: (() => void) | null = null;

  constructor(stream: ClientHttp2Stream) {
    this.stream = stream;
    // A broken connection shows as answers that do not come.
    stream.on('error', () => {});
    stream.on('data', (chunk: Buffer) => {
      for (const message of this.frames.take(chunk)) this.received.push(decodeWatchResponse(message));
      this.wake?.();
    });
  }

  send(request: WatchRequest): void {
    this.stream.write(frameOf(encodeWatchRequest(request)));
  }

  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.wake = null;
        resolve();
      };
      const timer = setTimeout(end, patienceMs);
      this.wake = () => {
        if (condition()) end();
      };
    });
  }

  close(): void {
    this.stream.close();
  }
}
