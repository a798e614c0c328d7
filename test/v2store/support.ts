import { type ByteString, fromBytes, fromText, toText } from '../../core/base/bytes.ts';
import {
  applyV2,
  errorJson,
  eventJson,
  makeV2Request,
  readV2,
  V2Error,
  type V2Event,
  type V2Request,
  V2Store,
  type V2Watcher,
} from '../../core/v2store/index.ts';

export const bytes = fromText;

/** 2026-11-21T12:00:00Z. */
export const noonNs = 1_795_262_400_000_000_000n;
export const secondNs = 1_000_000_000n;

/** A request with text for bytes; paths are as clients write them, without the namespace. */
export interface Ask {
  readonly method: string;
  readonly path: string;
  readonly value?: string;
  readonly rest?: Partial<V2Request>;
}

export function ask({ method, path, value = '', rest = {} }: Ask): V2Request {
  const key = path === '/' ? '/1' : `/1${path}`;
  return makeV2Request({ method: bytes(method), path: bytes(key), val: bytes(value), ...rest });
}

/** A store whose requests are written as one line each. */
export class Bench {
  readonly store: V2Store;
  nowNs = noonNs;

  constructor(store = new V2Store()) {
    this.store = store;
  }

  /** Applies a request of the log; the answer as JSON text. */
  apply(method: string, path: string, value = '', rest: Partial<V2Request> = {}): string {
    const applied = applyV2(this.store, ask({ method, path, value, rest }), this.nowNs);
    if (applied.kind === 'event') return text(eventJson(applied.event));
    if (applied.kind === 'error') return text(errorJson(applied.error));
    return applied.kind;
  }

  put(path: string, value = '', rest: Partial<V2Request> = {}): string {
    return this.apply('PUT', path, value, rest);
  }

  /** Reads from the store itself. */
  get(path: string, rest: Partial<V2Request> = {}): string {
    const read = readV2(this.store, ask({ method: 'GET', path, rest }), this.nowNs);
    if (read.kind === 'event') return text(eventJson(read.event));
    if (read.kind === 'error') return text(errorJson(read.error));
    throw new Error('a watcher was not asked for');
  }

  watch(path: string, rest: Partial<V2Request> = {}): V2Watcher {
    const read = readV2(this.store, ask({ method: 'GET', path, rest: { ...rest, wait: true } }), this.nowNs);
    if (read.kind === 'watcher') return read.watcher;
    throw read.kind === 'error' ? read.error : new Error('no watcher');
  }

  /** What expires within this many seconds of now. */
  sync(seconds: bigint): void {
    const request = makeV2Request({ method: bytes('SYNC'), time: this.nowNs + seconds * secondNs });
    applyV2(this.store, request, this.nowNs);
  }

  /** An expiry so many seconds from now. */
  ttl(seconds: bigint): Partial<V2Request> {
    return { expiration: this.nowNs + seconds * secondNs };
  }

  saved(): string {
    return text(fromBytes(this.store.save()));
  }
}

export function text(json: ByteString): string {
  return toText(json);
}

/** All events that wait, as `action key`. */
export function taken(watcher: V2Watcher): string[] {
  return takenEvents(watcher).map((event) => `${event.action} ${toText(event.node.key)}`);
}

export function takenEvents(watcher: V2Watcher): V2Event[] {
  const events: V2Event[] = [];
  for (let event = watcher.take(); event !== null; event = watcher.take()) events.push(event);
  return events;
}

/** The error that this ends with. */
export function refusal(run: () => unknown): V2Error {
  try {
    run();
  } catch (error) {
    if (error instanceof V2Error) return error;
    throw error;
  }
  throw new Error('it was not refused');
}
