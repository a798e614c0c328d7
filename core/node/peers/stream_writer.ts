import type { ServerResponse } from 'node:http';
import type { Message } from '../../raft/index.ts';
import type { StreamEncoder } from './message_stream.ts';

/** Bytes that wait for a peer which is slower than its leader; then messages are dropped, as etcd does when 4096 of them wait. */
const waitingBytesMax = 64 * 1024 * 1024;
/** A connection that takes nothing for so long is given up (etcd: ConnWriteTimeout). */
const stalledMsMax = 5000;

/** The sending end of a stream: the other member has asked for it and reads it as long as the connection lives. */
export class StreamWriter {
  private readonly newEncoder: () => StreamEncoder;
  private encoder: StreamEncoder;
  private response: ServerResponse | null = null;
  private unflushed = 0;
  private flushedAtMs = 0;
  private corked = false;

  constructor(newEncoder: () => StreamEncoder) {
    this.newEncoder = newEncoder;
    this.encoder = newEncoder();
  }

  get isOpen(): boolean {
    return this.response !== null;
  }

  /** Takes the place of the connection that was there; `onClosed` is called when this one ends. */
  attach(response: ServerResponse, onClosed: () => void): void {
    this.close();
    this.encoder = this.newEncoder();
    this.response = response;
    this.unflushed = 0;
    this.corked = false;
    response.on('error', () => response.destroy());
    response.on('close', () => {
      if (this.response === response) this.response = null;
      onClosed();
    });
    response.writeHead(200);
    response.flushHeaders();
  }

  /** False: nothing was sent, since too much waits. */
  write(message: Message): boolean {
    const { response } = this;
    if (response === null || response.writableLength > waitingBytesMax) return false;
    this.send(response, this.encoder.encode(message));
    return true;
  }

  private send(response: ServerResponse, parts: readonly Uint8Array[]): void {
    if (!this.corked) {
      // What one input brings about leaves in one piece.
      this.corked = true;
      response.cork();
      process.nextTick(() => {
        if (this.response === response) this.corked = false;
        response.uncork();
      });
    }
    if (this.unflushed++ === 0) this.flushedAtMs = performance.now();
    response.write(Buffer.concat(parts), () => {
      if (this.response !== response) return;
      this.unflushed--;
      this.flushedAtMs = performance.now();
    });
  }

  /** Call it a few times in the time after which the reader gives up. */
  heartbeat(): void {
    const { response } = this;
    if (response === null) return;
    if (this.unflushed > 0 && performance.now() - this.flushedAtMs > stalledMsMax) this.close();
    else this.send(response, [this.encoder.heartbeat()]);
  }

  close(): void {
    const { response } = this;
    this.response = null;
    response?.destroy();
  }
}
