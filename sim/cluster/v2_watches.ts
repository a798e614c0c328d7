import { type ByteString, fromText, toText } from '../../core/base/bytes.ts';
import {
  type ReadV2,
  type V2Event,
  type V2Request as StoreRequest,
  type V2Watcher,
  eventIndex,
  keysNamespace,
  makeV2Request,
  withoutPrefix,
} from '../../core/v2store/index.ts';
import type { V2Watch, V2WatchEvent } from '../checkers/v2/index.ts';
import { type Script, until } from '../script.ts';
import { viewOf } from './v2_calls.ts';
import type { World } from './world.ts';

/** What a program asks for: a GET with wait=true. */
export interface V2WatchRequest {
  /** Absolute, as `/dir/name`. */
  readonly key: string;
  readonly recursive?: boolean;
  readonly stream?: boolean;
  /** Absent or 0: from the next change on. */
  readonly waitIndex?: number;
}

/** What the member tells at once. */
export type V2WatchStart =
  | { readonly status: 'ok'; readonly watch: OpenV2Watch }
  /** `error`: etcd's code, such as 401; `etcdIndex`: the store's (X-Etcd-Index). */
  | { readonly status: 'refused'; readonly error: number; readonly etcdIndex: number }
  /** The member does not serve now. */
  | { readonly status: 'fail' };

/** An answer that is still being read. */
export interface OpenV2Watch {
  /** As it is noted. */
  readonly id: number;
  /** The store's index when the watch began (X-Etcd-Index). */
  readonly etcdIndex: number;
  /** The answer has ended and is read to its end. */
  readonly isOver: boolean;
  /** It ended because its events were not fetched in time. */
  readonly isOverflown: boolean;
  /** The next event; null: none came in this time, or none will come any more. */
  next(timeoutMs: number): Script<V2WatchEvent | null>;
  /** Hangs up. */
  end(): void;
}

/** Note topics, in the order of a watch's life: `skipped` is the world's, for no client is told that a snapshot jumped over changes. */
export const v2WatchTopics = {
  asked: 'v2-watch-asked',
  heard: 'v2-watch-heard',
  skipped: 'v2-watch-skipped',
  ended: 'v2-watch-ended',
} as const;

export type V2WatchAsked = Omit<V2Watch, 'client' | 'events' | 'returnNs'>;

/** Begins a watch at the member's process. Null: it does not run, or not yet, or the run has no such member. */
export type V2WatchOpener = (member: number, request: StoreRequest) => ReadV2 | null;

/** Watches of etcd's v2 API, by programs that run beside a member, as `V2Calls`. What they asked and heard are notes of the run. */
export class V2Watches {
  /** Set when there are processes. */
  opener: V2WatchOpener = () => null;
  private readonly world: World;
  private readonly open = new Set<Listener>();
  private last = 0;

  constructor(world: World) {
    this.world = world;
  }

  /** One watch at this member, as a client's script asks for it. */
  begin(client: number, member: number, request: V2WatchRequest): V2WatchStart {
    const { key, recursive = false, stream = false, waitIndex = 0 } = request;
    const path = (keysNamespace + fromText(key)) as ByteString;
    const method = fromText('GET');
    const found = this.opener(
      member,
      makeV2Request({ method, path, wait: true, recursive, stream, since: BigInt(waitIndex) }),
    );
    if (found === null || found.kind === 'event') return { status: 'fail' };
    const asked = { id: ++this.last, key, recursive, stream, waitIndex, callNs: this.world.scheduler.nowNs };
    if (found.kind === 'error') {
      const { code, index } = found.error;
      this.note(client, 'asked', { ...asked, etcdIndex: index, refused: code });
      this.note(client, 'ended', { id: asked.id, returnNs: asked.callNs });
      return { status: 'refused', error: code, etcdIndex: index };
    }
    const { watcher } = found;
    this.note(client, 'asked', { ...asked, etcdIndex: watcher.startIndex, refused: null });
    const watch = new Listener(this.world, member, asked.id, watcher, (topic, data) => {
      this.note(client, topic, { id: asked.id, ...data });
      if (topic === 'ended') this.open.delete(watch);
    });
    this.open.add(watch);
    return { status: 'ok', watch };
  }

  /** The process is gone, and with it what its watchers had not fetched. */
  memberDown(member: number): void {
    for (const watch of this.open) if (watch.member === member) watch.end();
  }

  /** A snapshot has replaced the member's store. Its watchers stay and hear nothing of what it jumped over, as etcd's. */
  storeReplaced(member: number, index: number): void {
    for (const watch of this.open) if (watch.member === member) watch.skip(index);
  }

  private note(client: number, topic: keyof typeof v2WatchTopics, data: object): void {
    this.world.noteOf(client, v2WatchTopics[topic], data);
  }
}

type Tell = (topic: keyof typeof v2WatchTopics, data: object) => void;

class Listener implements OpenV2Watch {
  readonly id: number;
  readonly member: number;
  private readonly world: World;
  private readonly watcher: V2Watcher;
  private readonly tell: Tell;
  private ended = false;

  constructor(world: World, member: number, id: number, watcher: V2Watcher, tell: Tell) {
    this.world = world;
    this.id = id;
    this.member = member;
    this.watcher = watcher;
    this.tell = tell;
  }

  get etcdIndex(): number {
    return this.watcher.startIndex;
  }

  get isOver(): boolean {
    return this.ended;
  }

  get isOverflown(): boolean {
    return this.watcher.isOverflown;
  }

  *next(timeoutMs: number): Script<V2WatchEvent | null> {
    const { watcher } = this;
    let found: V2Event | null = null;
    yield* until(() => {
      if (!this.ended) found ??= watcher.take();
      return found !== null || watcher.isClosed;
    }, timeoutMs);
    const event = found === null ? null : eventOf(found, this.world.scheduler.nowNs);
    if (event !== null) this.tell('heard', { event });
    // What was to come is told: one event, or all up to where too many waited.
    if (watcher.isClosed && (event === null || !watcher.stream)) this.end();
    return event;
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.watcher.remove();
    this.tell('ended', { returnNs: this.world.scheduler.nowNs });
  }

  skip(index: number): void {
    this.tell('skipped', { index });
  }
}

function eventOf(told: V2Event, atNs: number): V2WatchEvent {
  const { action, node, prevNode } = withoutPrefix(told, keysNamespace);
  return {
    index: eventIndex(told),
    // Watchers hear of changes only.
    action: action as Exclude<typeof action, 'get'>,
    node: { ...viewOf(node, false), key: toText(node.key) },
    prevNode: prevNode === null ? null : viewOf(prevNode, false),
    atNs,
  };
}
