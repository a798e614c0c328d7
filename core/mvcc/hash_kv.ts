import { toBytes, type ByteString } from '../base/bytes.ts';
import { crc32c } from '../base/crc32c.ts';
import { Buckets } from '../backend/index.ts';
import { findRevision } from './key_index.ts';
import { decodeKey } from './key_value.ts';
import { compareRevisions, parseRevisionKey, type StoredRevision } from './revision.ts';
import type { StoreState } from './state.ts';

/** Members of which all three numbers but the hash are the same must have the same hash. */
export interface KvHash {
  readonly hash: number;
  /** The compaction that the hash leaves out the victims of; -1 if there was none. */
  readonly compactRevision: number;
  /** The newest revision in it. */
  readonly revision: number;
}

/**
 * etcd's HashKV: CRC-32C over the bucket's name, then over the stored keys and values with main <= revision, in order and as the
 * bytes etcd stores. Up to the last compaction only the pairs that a read at `revision` finds count, so that the hash does not
 * depend on how far the removals are.
 */
export class KvHasher {
  private hash = crc32c(0, toBytes(Buckets.key));
  private readonly compactRevision: number;
  private readonly revision: number;

  constructor(compactRevision: number, revision: number) {
    this.compactRevision = compactRevision;
    this.revision = revision;
  }

  /** Adds the next entry of the bucket. `survives` tells of one from before the compaction whether it counts. */
  add(
    key: ByteString,
    value: Uint8Array,
    { revision, tombstone }: StoredRevision,
    survives: () => boolean,
  ): void {
    if (revision.main > this.revision) return;
    if (revision.main <= this.compactRevision && (tombstone || !survives())) return;
    this.hash = crc32c(crc32c(this.hash, toBytes(key)), value);
  }

  finish(): KvHash {
    return { hash: this.hash, compactRevision: this.compactRevision, revision: this.revision };
  }
}

/** Hashes up to and including a readable revision; reads all that is stored. */
export function hashKv(state: StoreState, revision: number): KvHash {
  const { backend, index, compactRevision } = state;
  const hasher = new KvHasher(compactRevision, revision);
  // With no key left at the revision, etcd counts what the compaction left.
  const foundAt = index.hasKeysAt(revision) ? revision : compactRevision;
  const view = backend.read();
  view.visit(Buckets.key, '' as ByteString, undefined, (key, value) => {
    const stored = parseRevisionKey(key);
    hasher.add(key, value, stored, () => {
      const history = index.find(decodeKey(value));
      const found = history === undefined ? undefined : findRevision(history, foundAt);
      return found !== undefined && compareRevisions(found, stored.revision) === 0;
    });
    return stored.revision.main <= revision;
  });
  view.end();
  return hasher.finish();
}
