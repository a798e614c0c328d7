import { assert } from '../base/assert.ts';
import type { KeyValue } from './key_value.ts';
import type { Revision } from './revision.ts';
import { compareRevisions } from './revision.ts';

/** What one change stored. */
export interface RevisionRecord {
  readonly revision: Revision;
  /** True: the key was deleted; `kv` holds the key alone. */
  readonly tombstone: boolean;
  readonly kv: KeyValue;
}

/** Where revisions are kept: memory, or the `key` bucket of the backend. Records are immutable. */
export interface RevisionStore {
  /** Revisions are put in ascending order. */
  put(record: RevisionRecord): void;
  /** Undefined if there is none, or it was compacted away. */
  get(revision: Revision): RevisionRecord | undefined;
  /** Visits records with lowMain <= main < highMain in order. The visitor returns false to stop. */
  visit(lowMain: number, highMain: number, visitor: (record: RevisionRecord) => boolean): void;
}

/** Keeps records as plain objects. */
export class MemoryRevisionStore implements RevisionStore {
  /** The changes of one main revision, at the position of their sub revision. */
  private readonly changes = new Map<number, RevisionRecord[]>();
  private last: Revision = { main: 0, sub: 0 };
  private firstMain = 0;

  put(record: RevisionRecord): void {
    const { main, sub } = record.revision;
    assert(compareRevisions(this.last, record.revision) < 0, 'revisions are put in ascending order');
    const changes = this.changes.get(main);
    assert(sub === (changes?.length ?? 0), 'sub revisions count from 0 without gaps');
    if (changes === undefined) this.changes.set(main, [record]);
    else changes.push(record);
    if (this.firstMain === 0) this.firstMain = main;
    this.last = record.revision;
  }

  get(revision: Revision): RevisionRecord | undefined {
    return this.changes.get(revision.main)?.[revision.sub];
  }

  visit(lowMain: number, highMain: number, visitor: (record: RevisionRecord) => boolean): void {
    const end = Math.min(highMain, this.last.main + 1);
    for (let main = Math.max(lowMain, this.firstMain); main < end; main++) {
      for (const record of this.changes.get(main) ?? []) if (!visitor(record)) return;
    }
  }
}
