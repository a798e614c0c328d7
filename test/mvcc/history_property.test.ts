import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ByteString } from '../../core/base/bytes.ts';
import type { KvHash, LeaseAttachments, LeaseId } from '../../core/mvcc/index.ts';
import { digestNumber } from '../../core/mvcc/digest.ts';
import type { CrashMode } from '../../sim/trace/kinds.ts';
import { runs } from '../runs.ts';
import { digestOf, writeTxn } from './arbitraries.ts';
import { applyTo, Model, type Change, type ModelChange } from './model.ts';
import { everything, StoreBench } from './support.ts';

/** Refuses what a lessor would stumble over. */
class Attachments implements LeaseAttachments {
  readonly leaseOf = new Map<ByteString, LeaseId>();

  attach(lease: LeaseId, key: ByteString): void {
    expect(this.leaseOf.has(key)).toBe(false);
    this.leaseOf.set(key, lease);
  }
  detach(lease: LeaseId, key: ByteString): void {
    expect(this.leaseOf.get(key)).toBe(lease);
    this.leaseOf.delete(key);
  }
}

type Step =
  | { readonly kind: 'write'; readonly changes: readonly Change[] }
  /** So many thousandths of the way from the last compaction to now. */
  | { readonly kind: 'compact'; readonly part: number }
  | { readonly kind: 'remove'; readonly revisions: number }
  | { readonly kind: 'commit' | 'reopen' | 'restore' }
  | { readonly kind: 'settle'; readonly count: number }
  | { readonly kind: 'crash'; readonly mode: CrashMode };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('write' as const), changes: writeTxn }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('compact' as const), part: fc.integer({ min: 0, max: 1000 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('remove' as const),
      revisions: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('commit' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('reopen' as const, 'restore' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('settle' as const), count: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      mode: fc.constantFrom<CrashMode[]>('drop', 'tear', 'keep'),
    }),
  },
);

interface Seen {
  lost: number;
  resumed: number;
  restored: number;
  refused: number;
  removed: number;
}

class Run {
  private readonly model = new Model();
  private leases = new Attachments();
  private bench: StoreBench;
  /** Where the store stood after each write or compaction; a crash goes back to one of them. */
  private positions: { readonly revision: number; readonly compactRevision: number }[];
  /** The first of them that a crash may go back to. */
  private durable = 0;
  private readonly seen: Seen;

  constructor(seed: string, seen: Seen) {
    this.seen = seen;
    const forward: LeaseAttachments = {
      attach: (lease, key) => this.leases.attach(lease, key),
      detach: (lease, key) => this.leases.detach(lease, key),
    };
    this.bench = new StoreBench(seed, forward);
    this.bench.save();
    this.positions = [this.position];
  }

  private get position(): { readonly revision: number; readonly compactRevision: number } {
    const { currentRevision, compactRevision } = this.bench.store;
    return { revision: currentRevision, compactRevision };
  }

  take(one: Step): void {
    const { bench } = this;
    if (one.kind === 'write') this.write(one.changes);
    else if (one.kind === 'compact') this.compact(one.part);
    else if (one.kind === 'remove') this.remove(one.revisions);
    else if (one.kind === 'commit') bench.backend.commit();
    else if (one.kind === 'settle') bench.bench.settle(one.count);
    else if (one.kind === 'crash') this.crash(one.mode);
    else this.reopen(one.kind);
    if (bench.backend.settled) this.durable = this.positions.length - 1;
  }

  private write(changes: readonly Change[]): void {
    applyTo(this.bench.store, changes);
    this.model.apply(changes);
    this.positions.push(this.position);
  }

  private compact(part: number): void {
    const { store } = this.bench;
    const first = Math.max(store.compactRevision, 0);
    const revision = first + Math.floor(((store.currentRevision - first) * part) / 1000);
    const result = store.compact(revision);
    expect(result).toBe(revision <= this.model.compactRevision ? 'compacted' : null);
    if (result !== null) this.seen.refused++;
    else this.model.compactRevision = revision;
    this.positions.push(this.position);
  }

  private remove(revisions: number): void {
    const { store } = this.bench;
    const before = this.hashes();
    const { digest } = store;
    if (store.compactStep(revisions)) this.seen.removed++;
    expect(store.digest).toBe(digest);
    expect(this.hashes()).toEqual(before);
  }

  private hashes(): KvHash[] {
    const { store } = this.bench;
    const { currentRevision, compactRevision } = store;
    const low = Math.max(compactRevision, 1);
    return [low, Math.floor((low + currentRevision) / 2), currentRevision].map((one) => store.hashKv(one));
  }

  private reopen(kind: 'reopen' | 'restore'): void {
    const hashes = this.hashes();
    this.leases = new Attachments();
    if (kind === 'reopen') this.bench.reopen();
    else this.bench.restoreOnto();
    this.seen.restored++;
    this.durable = this.positions.length - 1;
    if (this.bench.store.compacting) this.seen.resumed++;
    expect(this.hashes()).toEqual(hashes);
    this.check();
  }

  private crash(mode: CrashMode): void {
    this.leases = new Attachments();
    this.bench.crash(mode);
    const { revision, compactRevision } = this.position;
    const at = this.positions.findLastIndex(
      (one) => one.revision === revision && one.compactRevision === compactRevision,
    );
    expect(at).toBeGreaterThanOrEqual(this.durable);
    if (at < this.positions.length - 1) this.seen.lost++;
    if (this.bench.store.compacting) this.seen.resumed++;
    this.positions = [this.position];
    this.durable = 0;
    this.model.cutAfter(revision);
    this.model.compactRevision = compactRevision;
    this.check();
  }

  /** Everything that can be read is as the model has it. */
  check(): void {
    const { store } = this.bench;
    const { model } = this;
    expect(store.currentRevision).toBe(model.revision);
    expect(store.compactRevision).toBe(model.compactRevision);
    const first = Math.max(model.compactRevision, 1);
    for (let revision = first; revision <= model.revision; revision++) {
      expect(store.range(everything, { revision }).kvs).toEqual(model.at(revision));
      for (const kv of model.at(revision)) expect(store.pairAt(kv.key, revision)).toEqual(kv);
    }
    expect(store.digest).toBe(digestNumber(digestOf(model.at(model.revision))));
    const told: ModelChange[] = [];
    store.visitChanges(first, model.revision + 1, ({ revision, tombstone, kv }) => {
      told.push({ main: revision.main, key: kv.key, kv: tombstone ? null : kv });
      return true;
    });
    expect(this.readable(told)).toEqual(this.readable(model.changes));
    const attached = model.at(model.revision).filter(({ lease }) => lease !== 0n);
    expect(new Map(attached.map(({ key, lease }) => [key, lease]))).toEqual(this.leases.leaseOf);
  }

  /** Of a compacted revision that changed a key several times only the last change is kept. */
  private readable(changes: readonly ModelChange[]): ModelChange[] {
    const { compactRevision } = this.model;
    return changes.filter(({ main, key }, at) => {
      if (main !== compactRevision) return main > compactRevision;
      return !changes.slice(at + 1).some((later) => later.main === main && later.key === key);
    });
  }

  /** However the removals were interrupted, in the end the store holds what one that did them at once holds. */
  finish(): void {
    const { store } = this.bench;
    while (store.compactStep(5));
    expect(store.finishedCompactRevision).toBe(store.compactRevision);
    this.check();
    const stored: number[] = [];
    this.bench.visitRecords(({ revision }) => stored.push(revision.main));
    const { compactRevision } = store;
    const found = store.range(everything, { revision: Math.max(compactRevision, 1) }).kvs;
    const old = stored.filter((main) => main < compactRevision);
    expect(old).toEqual(
      found
        .map((kv) => kv.mod_revision)
        .filter((main) => main < compactRevision)
        .sort((a, b) => a - b),
    );
  }
}

describe('mvcc store that is compacted, opened again and crashed at any point', () => {
  it('holds what the list of all states says, or a prefix of it after a crash', () => {
    const seen: Seen = { lost: 0, resumed: 0, restored: 0, refused: 0, removed: 0 };
    fc.assert(
      fc.property(fc.array(step, { maxLength: 70, size: 'max' }), fc.nat(), (steps, seed) => {
        const run = new Run(`history ${seed}`, seen);
        for (const one of steps) run.take(one);
        run.check();
        run.finish();
      }),
      { numRuns: runs(50, 2000) },
    );
    // The property would be empty if these did not happen.
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(10);
  });
});
