import type { ByteString } from '../../../base/bytes.ts';
import { BackendError, Buckets, hashBuckets, readDatabase } from '../../../backend/index.ts';
import { CtlFailure, ctlExit } from '../failure.ts';
import { field } from '../output/fields.ts';
import { humanBytes } from '../output/go_text.ts';
import { type Shown, join, lines } from '../output/shown.ts';
import { table } from '../output/table.ts';

export interface SnapshotStatus {
  readonly hash: number;
  readonly revision: number;
  /** In all buckets. */
  readonly keys: number;
  readonly bytes: number;
}

/** What is in a database file. Throws CtlFailure if it can't be read. */
export function statusOf(file: Uint8Array): SnapshotStatus {
  try {
    const { meta, root } = readDatabase(file);
    let revision = 0;
    let keys = 0;
    const buckets = root.cursor();
    for (let found = buckets.first(); found; found = buckets.next()) {
      const pairs = root.bucket(buckets.key)?.cursor();
      if (pairs === undefined) continue;
      for (let pair = pairs.first(); pair; pair = pairs.next()) {
        keys++;
        if (buckets.key === Buckets.key) revision = mainRevision(pairs.key);
      }
    }
    return { hash: hashBuckets(root), revision, keys, bytes: meta.highWater * meta.pageBytes };
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    throw new CtlFailure(ctlExit.error, `invalid database: ${error.message}`);
  }
}

/** The first eight bytes of a revision's key. */
function mainRevision(key: ByteString): number {
  let revision = 0;
  for (let at = 0; at < 8; at++) revision = revision * 256 + key.charCodeAt(at);
  return revision;
}

export function shownSnapshot({ hash, revision, keys, bytes }: SnapshotStatus): Shown {
  const row = [hash.toString(16), String(revision), String(keys), humanBytes(bytes)];
  return {
    simple: () => lines(row.join(', ')),
    json: () => `{"hash":${hash},"revision":${revision},"totalKey":${keys},"totalSize":${bytes}}`,
    fields: () =>
      join([field('Hash', hash), field('Revision', revision), field('Keys', keys), field('Size', bytes)]),
    table: () => table(['Hash', 'Revision', 'Total Keys', 'Total Size'], [row]),
  };
}
