import { type ByteString, compareStrings } from '../../base/bytes.ts';
import { SortedMap } from '../../base/sorted_map.ts';
import type { Event, KeyValue, RangeResponse } from '../../server/api/index.ts';
import type { EtcdClient, Outcome, Task, WatchHandle } from '../api.ts';
import { prefixRange } from '../keys.ts';
import { deadlineNs, insist, leftMs, refusedPauseMs } from './attempt.ts';

/** Pairs that one request of a snapshot asks for. */
const pageKeys = 500;

export interface PairChange {
  readonly key: ByteString;
  /** Null: absent. */
  readonly before: KeyValue | null;
  readonly after: KeyValue | null;
}

/** A step from one state of the prefix to a later one. */
export interface Step {
  /** `snapshot`: the whole prefix was read; what happened in between is not known. */
  readonly kind: 'snapshot' | 'events';
  /** The state is that of this revision. */
  readonly revision: number;
  /** With `snapshot`, in key order; with `events`, those of one revision in their order. */
  readonly changes: readonly PairChange[];
}

/** Where a follower that was stopped goes on: it had this at that revision. */
export interface FollowedState {
  readonly revision: number;
  readonly pairs: readonly KeyValue[];
}

/**
 * A copy of all keys under a prefix that follows the store: a snapshot at one revision, then every revision after it from a watch; a new
 * snapshot where the history was compacted away.
 *
 * Promised: each state that it shows is the store's at the revision named, it never goes back, and it gets to the last one as soon as it
 * can reach the cluster. Not promised: every state (a new snapshot leaps), or that the state is the present one.
 */
export class Follower {
  /** Of `pairs`; 0: nothing was read yet. */
  revision: number;
  /** Snapshots read. */
  snapshots = 0;
  readonly pairs = new SortedMap<ByteString, KeyValue>();
  private readonly client: EtcdClient;
  private readonly prefix: ByteString;
  private watch: WatchHandle | null = null;
  private readonly pending: Event[] = [];

  constructor(client: EtcdClient, prefix: ByteString, from: FollowedState | null = null) {
    this.client = client;
    this.prefix = prefix;
    this.revision = from?.revision ?? 0;
    for (const pair of from?.pairs ?? []) this.pairs.set(pair.key, pair);
  }

  /** The next step, or null if there was none in time. */
  *next(timeoutMs: number): Task<Step | null> {
    const untilNs = yield* deadlineNs(this.client, timeoutMs);
    for (;;) {
      if (this.pending.length > 0) return this.takeRevision();
      if (this.revision === 0) return yield* this.snapshotInTime(untilNs);
      this.watch ??= yield* this.client.watch({
        ...prefixRange(this.prefix),
        start_revision: this.revision + 1,
        fragment: true,
      });
      const answer = yield* this.watch.next(yield* leftMs(this.client, untilNs));
      if (answer === null) return null;
      if (answer.kind === 'events') this.pending.push(...answer.events);
      if (answer.kind !== 'compacted' && answer.kind !== 'canceled') continue;
      yield* this.stop();
      return yield* this.snapshotInTime(untilNs);
    }
  }

  /** Listens no more; `next` would begin again. */
  *stop(): Task {
    if (this.watch !== null) yield* this.watch.cancel();
    this.watch = null;
  }

  /** All pairs, in key order. */
  all(): KeyValue[] {
    const all: KeyValue[] = [];
    this.pairs.visit('' as ByteString, undefined, (pair) => all.push(pair) > 0);
    return all;
  }

  /** One revision at a time, so that no state shows half of a txn. */
  private takeRevision(): Step {
    const revision = (this.pending[0] as Event).kv.mod_revision;
    const count = this.pending.findIndex(({ kv }) => kv.mod_revision !== revision);
    const events = this.pending.splice(0, count < 0 ? this.pending.length : count);
    const changes = events.map(({ type, kv }) => this.change(kv.key, type === 'PUT' ? kv : null));
    this.revision = revision;
    return { kind: 'events', revision, changes };
  }

  private change(key: ByteString, after: KeyValue | null): PairChange {
    const before = this.pairs.get(key) ?? null;
    if (after === null) this.pairs.delete(key);
    else this.pairs.set(key, after);
    return { key, before, after };
  }

  private *snapshotInTime(untilNs: number): Task<Step | null> {
    for (;;) {
      const step = yield* this.snapshot(untilNs);
      const ms = yield* leftMs(this.client, untilNs);
      if (step !== null || ms <= 0) return step;
      yield* this.client.sleep(Math.min(ms, refusedPauseMs));
    }
  }

  private *snapshot(untilNs: number): Task<Step | null> {
    const read = yield* readAll(this.client, this.prefix, untilNs);
    // The revision stays: the next call tries the watch again, or the snapshot.
    if (read === null) return null;
    const found = new Set(read.pairs.map(({ key }) => key));
    const gone = this.all().filter(({ key }) => !found.has(key));
    const changes = gone.map(({ key }) => this.change(key, null));
    for (const pair of read.pairs) {
      if (this.pairs.get(pair.key)?.mod_revision !== pair.mod_revision)
        changes.push(this.change(pair.key, pair));
    }
    changes.sort((a, b) => compareStrings(a.key, b.key));
    this.revision = read.revision;
    this.snapshots++;
    return { kind: 'snapshot', revision: read.revision, changes };
  }
}

/** All pairs under a prefix at one revision, page by page; null if that was not to be had in time. */
export function* readAll(
  client: EtcdClient,
  prefix: ByteString,
  untilNs: number,
): Task<FollowedState | null> {
  for (;;) {
    const pairs: KeyValue[] = [];
    let revision = 0;
    let page: Outcome<RangeResponse>;
    do {
      const { key, range_end } = prefixRange(prefix);
      const last = pairs[pairs.length - 1];
      // The first key after `last`.
      const from = last === undefined ? key : (`${last.key}\0` as ByteString);
      page = yield* insist(client, untilNs, () =>
        client.range({ key: from, range_end, limit: pageKeys, revision }),
      );
      if (page.status !== 'ok') break;
      pairs.push(...page.response.kvs);
      if (revision === 0) revision = page.response.header.revision;
    } while (page.response.more);
    if (page.status === 'ok') return { revision, pairs };
    // The revision may have been compacted between two pages: then from the beginning.
    if (revision === 0 || page.error === null || (yield* leftMs(client, untilNs)) <= 0) return null;
  }
}
