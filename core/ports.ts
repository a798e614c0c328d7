/**
 * Everything the core needs from outside. No port returns a Promise: what takes time is submitted with a token and
 * completed later by calling the member with that token, so the same core runs on a virtual and on a real machine.
 */
import type { ByteString } from './base/bytes.ts';
import type { NodeId, RequestId } from './base/ids.ts';

/** Names a submitted operation or timer. Chosen by the member, given back to it in the completion; plain data. */
export type Token = number;

/** The member's own clock: it may be offset, drift or jump against the others'. Integer nanoseconds below 2^53. */
export interface Clock {
  /** Nanoseconds since an arbitrary origin; never goes back. */
  nowNs(): number;
  /** Nanoseconds since 1970: the time of day, for what people or other programs are to read. It may jump. */
  wallNs(): bigint;
  /** After `delayNs` on this clock the member gets `onTimer(token)`. */
  armTimer(token: Token, delayNs: number): void;
}

/** Names a client's watch stream for its lifetime. */
export type StreamId = number;

/** Everything that travels, by its role. */
export interface Traffic {
  readonly message: unknown;
  readonly request: unknown;
  readonly response: unknown;
  readonly watchRequest: unknown;
  readonly watchResponse: unknown;
  readonly peerCall: unknown;
  readonly peerAnswer: unknown;
}

/** Peers and clients. A send may be lost, delayed, duplicated or reordered; nothing is reported back. */
export interface Network<T extends Traffic> {
  /** The message must never be changed after it was sent. */
  send(to: NodeId, message: T['message']): void;
  /**
   * Sends a snapshot's message with its database file, which must never be changed. Unlike a message it is told how it went:
   * `onSnapshotSent`.
   */
  sendSnapshot(to: NodeId, message: T['message'], database: Uint8Array): void;
  /** Answers a client's request that reached this member. */
  respond(request: RequestId, response: T['response']): void;
  /** Sends the next answer of a watch stream. The client takes it when it can: then `onWatchTaken`. */
  sendWatch(stream: StreamId, response: T['watchResponse']): void;
  /** Ends a stream from this side. */
  closeWatch(stream: StreamId, reason: string): void;
  /** Asks another member something. The answer, or that there is none, comes as `onPeerAnswer(token, ...)`. */
  callPeer(to: NodeId, call: T['peerCall'], token: Token): void;
  /** Answers what another member asked. */
  answerPeer(call: RequestId, answer: T['peerAnswer']): void;
}

export type DiskErrorCode = 'EIO' | 'ENOSPC' | 'ENOENT' | 'EROFS';

/** A read that failed. Writes and syncs never throw: their errors arrive with the next completed sync of the file. */
export class DiskError extends Error {
  override readonly name = 'DiskError';
  readonly code: DiskErrorCode;
  readonly path: string;

  constructor(code: DiskErrorCode, path: string, what: string) {
    super(`${code}: ${what} ${path}`);
    this.code = code;
    this.path = path;
  }
}

/**
 * A member's directory behind a page cache, with POSIX' promises and no more: writes, truncates, renames and removals are
 * visible to reads at once and survive a crash only after `sync` of the file (its bytes) and `syncDirectory` (its name).
 * Paths are relative with '/' between parts. Reads are synchronous: a member reads only while it recovers, and the backend's
 * pages are memory.
 */
export interface Disk {
  /** Writes at an offset; the file is created if missing and zero-filled up to the offset. The bytes are copied. */
  write(path: string, offsetBytes: number, bytes: Uint8Array): void;
  truncate(path: string, sizeBytes: number): void;
  /** Replaces the target if it exists. */
  rename(from: string, to: string): void;
  remove(path: string): void;
  makeDirectory(path: string): void;
  /** Makes the file's bytes and size durable; then `onDisk(token, error)`. Syncs complete in the order of submission. */
  sync(path: string, token: Token): void;
  /** Makes the names in the directory durable; then `onDisk(token, error)`. */
  syncDirectory(path: string, token: Token): void;
  /** Reads up to `lengthBytes`, fewer at the end of the file. Throws DiskError. */
  read(path: string, offsetBytes: number, lengthBytes: number): Uint8Array;
  /** Size in bytes, or -1 if there is no such file. */
  sizeBytes(path: string): number;
  /** Names of files and directories in a directory, in byte order; empty if it is missing. */
  list(path: string): readonly string[];
}

/** One stream of random integers that belongs to one purpose. */
export interface Random {
  /** Uniform in [0, bound), bound a positive integer up to 2^32. */
  below(bound: number): number;
}

export type LogLevel = 'debug' | 'info' | 'warning' | 'error';

/** Lines for people. Nothing may depend on them; callers test `enabled` before they build a costly line. */
export interface Log {
  enabled(level: LogLevel): boolean;
  line(level: LogLevel, text: string): void;
}

/** What a member is given when it starts. */
export interface Ports<T extends Traffic> {
  readonly clock: Clock;
  readonly network: Network<T>;
  readonly disk: Disk;
  readonly random: Random;
  readonly log: Log;
}

/** What completes: the counterpart of the ports, implemented by a member. */
export interface PortHandler<T extends Traffic> {
  onTimer(token: Token): void;
  onMessage(message: T['message']): void;
  /** A snapshot's message and all of its database have arrived. */
  onSnapshot(message: T['message'], database: Uint8Array): void;
  /** A snapshot that was sent has arrived, or never will. */
  onSnapshotSent(to: NodeId, delivered: boolean): void;
  onDisk(token: Token, error: DiskErrorCode | null): void;
  /** `token` is the client's auth token, if it sent one. */
  onRequest(id: RequestId, request: T['request'], token?: ByteString): void;
  /** A client opened a watch stream; it takes `window` answers before it says so with `onWatchTaken`. */
  onWatchOpen(stream: StreamId, window: number, token?: ByteString): void;
  onWatchRequest(stream: StreamId, request: T['watchRequest']): void;
  /** The client has taken `count` answers. */
  onWatchTaken(stream: StreamId, count: number): void;
  /** The client is gone. */
  onWatchClosed(stream: StreamId): void;
  onPeerCall(id: RequestId, from: NodeId, call: T['peerCall']): void;
  /** Null: the peer could not be reached, or did not answer in time. */
  onPeerAnswer(token: Token, answer: T['peerAnswer'] | null): void;
}
