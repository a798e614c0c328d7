import type { KeyIndex } from './key_index.ts';
import type { Revision } from './revision.ts';

/** One life of a key: from the put that created it to its tombstone (etcd: generation). */
export interface Generation {
  /** What is stored of it, oldest first; a compaction has dropped those before. The tombstone is the last. */
  readonly revisions: readonly Revision[];
  /** The last of them is a tombstone: the key did not exist any more. */
  readonly ended: boolean;
}

/** A key's history as generations, oldest first. For who looks at the store; it builds them anew. */
export function generationsOf({ changes }: Readonly<KeyIndex>): Generation[] {
  const generations: Generation[] = [];
  let revisions: Revision[] = [];
  for (let at = 0; at < changes.length; at += 2) {
    const mark = changes[at + 1] as number;
    revisions.push({ main: changes[at] as number, sub: Math.floor(mark / 2) });
    if (mark % 2 === 0) continue;
    generations.push({ revisions, ended: true });
    revisions = [];
  }
  if (revisions.length > 0) generations.push({ revisions, ended: false });
  return generations;
}
