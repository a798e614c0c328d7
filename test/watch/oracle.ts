import { expect } from 'vitest';
import { rangeCovers, type KeyRange, type KeyValue } from '../../core/mvcc/index.ts';
import type { Event, WatchResponse } from '../../core/watch/index.ts';
import { text, type Change } from './support.ts';

/** The whole history: what every revision changed, and the state after it. */
export class History {
  readonly changes = new Map<number, Event[]>();
  private readonly states = new Map<number, ReadonlyMap<string, KeyValue>>([[1, new Map()]]);
  revision = 1;

  /** Later changes of a key in the same transaction see the earlier ones. */
  add(changes: readonly Change[]): void {
    const main = this.revision + 1;
    const state = new Map(this.states.get(this.revision));
    const events: Event[] = [];
    for (const [name, value] of changes) {
      const before = state.get(name);
      if (value === null) {
        if (before === undefined) continue;
        state.delete(name);
        events.push({ type: 'DELETE', kv: { ...nothing, key: text(name), mod_revision: main } });
        continue;
      }
      const kv: KeyValue = {
        key: text(name),
        create_revision: before?.create_revision ?? main,
        mod_revision: main,
        version: (before?.version ?? 0) + 1,
        value: text(value),
        lease: 0n,
      };
      state.set(name, kv);
      events.push({ type: 'PUT', kv });
    }
    if (events.length === 0) return;
    this.revision = main;
    this.changes.set(main, events);
    this.states.set(main, state);
  }

  pairAt(key: string, revision: number): KeyValue | undefined {
    return this.states.get(revision)?.get(key);
  }
}

const nothing = { create_revision: 0, version: 0, value: text(''), lease: 0n };

export interface Expectation {
  readonly range: KeyRange;
  /** First revision of interest. */
  readonly start: number;
  /** Lowest revision that a report may name: one that asked for the future is told nothing before it. */
  readonly progressFrom: number;
  readonly noPut: boolean;
  readonly noDelete: boolean;
  readonly prevKv: boolean;
}

/** Follows one watcher's answers and says what is wrong with the first that is. */
export class WatcherOracle {
  readonly expectation: Expectation;
  private readonly history: History;
  /** Everything below was seen. */
  private next: number;
  /** The watcher had caught up to here at some time, seen or not. */
  caughtUp: number;
  private parts: Event[] = [];
  private partsCompactRevision = 0;
  created = false;
  canceled = false;
  /** The client has asked for the watcher's end. */
  asked = false;
  /** A compaction was the end; the client's own cancellation of it is answered as well, once. */
  private compacted = false;

  constructor(history: History, expectation: Expectation) {
    this.history = history;
    this.expectation = expectation;
    this.next = expectation.start;
    this.caughtUp = expectation.start - 1;
  }

  private matching(low: number, high: number): Event[] {
    const { range, noPut, noDelete } = this.expectation;
    const found: Event[] = [];
    for (let revision = low; revision <= high; revision++) {
      for (const event of this.history.changes.get(revision) ?? []) {
        const wanted = event.type === 'PUT' ? !noPut : !noDelete;
        if (wanted && rangeCovers(range, event.kv.key)) found.push(event);
      }
    }
    return found;
  }

  /** An answer that carries the watcher's id. `compactRevision` is the store's, at the moment at which it was sent. */
  take(response: WatchResponse, compactRevision: number): void {
    if (this.canceled) {
      const own = this.compacted && this.asked && response.canceled && response.compact_revision === 0;
      expect(own, 'nothing comes after the cancellation').toBe(true);
      this.compacted = false;
      return;
    }
    if (response.created) {
      expect(this.created, 'created comes once').toBe(false);
      this.created = true;
      return;
    }
    expect(this.created, 'created comes first').toBe(true);
    if (response.canceled) this.takeCanceled(response);
    else if (response.events.length > 0) this.takeEvents(response, compactRevision);
    else this.takeProgress(response.revision);
  }

  private takeEvents(response: WatchResponse, compactRevision: number): void {
    const { prevKv } = this.expectation;
    // What was before is looked up for the whole answer, when its first part is sent.
    if (this.parts.length === 0) this.partsCompactRevision = compactRevision;
    this.parts.push(...response.events);
    if (response.fragment) return;
    const last = this.parts[this.parts.length - 1]?.kv.mod_revision ?? 0;
    expect(response.revision).toBeGreaterThanOrEqual(last);
    const expected = this.matching(this.next, last).map((event) => {
      const before = this.history.pairAt(event.kv.key, event.kv.mod_revision - 1);
      const readable = event.kv.mod_revision - 1 >= this.partsCompactRevision;
      const created = event.type === 'PUT' && event.kv.create_revision === event.kv.mod_revision;
      return prevKv && readable && !created && before !== undefined ? { ...event, prev_kv: before } : event;
    });
    expect(this.parts, 'the events of whole revisions, in order').toEqual(expected);
    this.parts = [];
    this.next = last + 1;
  }

  /** Also for a report to all watchers of the stream. */
  takeProgress(revision: number): void {
    expect(revision, 'no progress before the start').toBeGreaterThanOrEqual(this.expectation.progressFrom);
    expect(revision, 'progress does not go back').toBeGreaterThanOrEqual(this.next - 1);
    expect(this.matching(this.next, revision), 'no events behind a progress report').toEqual([]);
    this.next = Math.max(this.next, revision + 1);
  }

  private takeCanceled(response: WatchResponse): void {
    this.canceled = true;
    if (response.compact_revision === 0) return;
    this.compacted = true;
    expect(response.compact_revision, 'only who fell behind is canceled').toBeGreaterThan(
      Math.max(this.next, this.caughtUp + 1),
    );
  }

  /** Nothing is queued and nothing is left to read. */
  settle(): void {
    expect(this.created).toBe(true);
    if (this.canceled) return;
    expect(this.matching(this.next, this.history.revision), 'everything has come').toEqual([]);
    this.caughtUp = Math.max(this.caughtUp, this.history.revision);
  }
}
