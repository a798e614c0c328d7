import type { ClientRequest, IncomingMessage } from 'node:http';
import type { FrameReader } from './byte_feed.ts';
import { ByteFeed } from './byte_feed.ts';
import { type PeerDialer, readReply, refusalOf } from './dialer.ts';
import type { UrlPicker } from './url_picker.ts';

/** Silence after which a connection is given up: its other end says that it lives three times as often (etcd: ConnReadTimeout). */
export const silenceMsMax = 5000;
/** etcd tries again ten times a second. */
const retryMsMin = 100;
const retryMsMax = 1000;

export interface StreamReaderParts {
  readonly dialer: PeerDialer;
  readonly urls: UrlPicker;
  readonly path: string;
  readonly headers: () => Record<string, string>;
  readonly newReader: () => FrameReader;
  readonly onOpen: () => void;
  /** What went wrong. A connection that ends without fault is no matter. */
  readonly onFailed: (reason: string) => void;
  /** The other member says that this one was removed. */
  readonly onRemoved: () => void;
}

/** The receiving end of a stream: asks the other member for it, again and again. */
export class StreamReader {
  private readonly parts: StreamReaderParts;
  private request: ClientRequest | null = null;
  private timer: NodeJS.Timeout | null = null;
  private retryMs = retryMsMin;
  private stopped = false;

  constructor(parts: StreamReaderParts) {
    this.parts = parts;
    this.dial();
  }

  private dial(): void {
    const { dialer, urls, path, headers } = this.parts;
    const url = urls.pick();
    if (url === null) return this.retry();
    const request = dialer.open(url, { method: 'GET', path, headers: headers() });
    this.request = request;
    let isOver = false;
    const end = (reason: string | null): void => {
      if (isOver) return;
      isOver = true;
      request.destroy();
      if (this.stopped) return;
      urls.failed(url);
      if (reason !== null) this.parts.onFailed(reason);
      this.retry();
    };
    request.setTimeout(silenceMsMax, () => end('i/o timeout'));
    request.on('error', (error) => end(error.message));
    request.on('response', (response) => {
      if (response.statusCode === 200) this.read(response, end);
      else void this.refused(response).then(end);
    });
    request.end();
  }

  private read(response: IncomingMessage, end: (reason: string | null) => void): void {
    const feed = new ByteFeed(this.parts.newReader());
    this.retryMs = retryMsMin;
    this.parts.onOpen();
    response.on('data', (chunk: Buffer) => {
      if (this.stopped) return;
      try {
        feed.push(chunk);
      } catch (error) {
        // Whoever sends what can't be read is asked again from the start.
        end(error instanceof Error ? error.message : String(error));
      }
    });
    response.on('error', (error) => end(error.message));
    response.on('close', () => end('EOF'));
  }

  private async refused(response: IncomingMessage): Promise<string | null> {
    const reply = await readReply(response);
    if (reply?.status === 410) this.parts.onRemoved();
    // It has not heard of this member so far.
    if (reply?.status === 404) return null;
    return reply === null ? 'no answer' : refusalOf(reply);
  }

  private retry(): void {
    this.timer = setTimeout(() => this.dial(), this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, retryMsMax);
  }

  stop(): void {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.request?.destroy();
  }
}
