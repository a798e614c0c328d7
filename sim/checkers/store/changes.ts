import type { KeyTable } from './key_table.ts';
import type { PackedHistory } from './packed.ts';

import { Replay } from './replay.ts';
import { ReplayStore } from './replay_store.ts';

/** Every change of every key in the order in which the store made them: what watchers are promised to hear. */
export class Changes {
  readonly table: KeyTable;
  readonly initialRevision: number;
  lastRevision: number;
  // Per change.
  readonly revision: number[] = [];
  readonly key: number[] = [];
  readonly value: string[] = [];
  /** 0 for a delete. */
  readonly create: number[] = [];
  readonly version: number[] = [];
  /** The change of the same key before this one, -1 if there is none. */
  readonly previous: number[] = [];
  /** Per key: its changes. */
  readonly ofKey: number[][];

  constructor(table: KeyTable, initialRevision: number) {
    this.table = table;
    this.initialRevision = initialRevision;
    this.lastRevision = initialRevision;
    this.ofKey = Array.from({ length: table.size }, () => []);
  }

  get count(): number {
    return this.revision.length;
  }

  /** The first change at or above a revision. */
  firstFrom(revision: number): number {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.revision[middle] as number) < revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether the change found its key existing. */
  foundKey(change: number): boolean {
    const previous = this.previous[change] as number;
    return previous >= 0 && this.create[previous] !== 0;
  }

  add(revision: number, key: number, value: string, create: number, version: number): void {
    const own = this.ofKey[key] as number[];
    this.previous.push(own.at(-1) ?? -1);
    own.push(this.count);
    this.revision.push(revision);
    this.key.push(key);
    this.value.push(value);
    this.create.push(create);
    this.version.push(version);
    this.lastRevision = revision;
  }
}

/** A store that writes down what changes. */
class RecordingStore extends ReplayStore {
  private readonly changes: Changes;

  constructor(keys: number, leases: number, changes: Changes) {
    super(keys, leases);
    this.changes = changes;
  }

  override put(key: number, value: string, lease: number, revision: number, sure: boolean): void {
    super.put(key, value, lease, revision, sure);
    this.changes.add(revision, key, value, this.create[key] as number, this.version[key] as number);
  }

  override remove(key: number, revision: number, sure: boolean): void {
    super.remove(key, revision, sure);
    this.changes.add(revision, key, '', 0, 0);
  }
}

/** Replays an order that was found to explain the history: `makers` names the operation that made each revision. */
export function changesOf(plan: PackedHistory, initialRevision: number, makers: Int32Array): Changes {
  const changes = new Changes(plan.table, initialRevision);
  const store = new RecordingStore(plan.table.size, plan.leases.size, changes);
  const replay = new Replay(store, plan.table, plan.leases);
  for (let slot = 1; slot < makers.length; slot++) {
    const { input } = plan.at(makers[slot] as number);
    replay.run(input, null, slot + initialRevision, true, -1);
  }
  return changes;
}
