/**
 * The history of one key: where each of its revisions is stored. A generation starts with the put that creates the key and
 * ends with the tombstone that deletes it; a later put starts the next one.
 */
import { assert } from '../base/assert.ts';
import type { PairHash } from './digest.ts';
import type { Revision } from './revision.ts';
import { compareRevisions } from './revision.ts';

export interface Generation {
  /** The put that created the key; stays when compaction drops it from `revisions`. */
  readonly created: Revision;
  /** Revisions ever made in this generation, the tombstone included: the last one's version. */
  version: number;
  /** Ascending. */
  readonly revisions: Revision[];
  /** True if the last revision is the tombstone. */
  ended: boolean;
}

/** Plain data, so that a store can be cloned. */
export interface KeyIndex {
  /** Oldest first; never empty. Only the last may be open. */
  readonly generations: Generation[];
  /** Hash of the pair as it is now, so that the state digest can take it out without reading the pair. Null if deleted. */
  pairHash: PairHash | null;
}

export function newKeyIndex(created: Revision): KeyIndex {
  return { generations: [newGeneration(created)], pairHash: null };
}

function newGeneration(created: Revision): Generation {
  return { created, version: 1, revisions: [created], ended: false };
}

/** Records a put; on a deleted key it starts a generation. Revisions must ascend. */
export function putRevision(index: KeyIndex, revision: Revision): void {
  const generation = lastGeneration(index);
  assertAscending(generation, revision);
  if (generation.ended) {
    index.generations.push(newGeneration(revision));
    return;
  }
  generation.revisions.push(revision);
  generation.version++;
}

/** Records a delete. The key must exist. */
export function endGeneration(index: KeyIndex, tombstone: Revision): void {
  const generation = lastGeneration(index);
  assert(!generation.ended, 'a tombstone needs a key that exists');
  assertAscending(generation, tombstone);
  generation.revisions.push(tombstone);
  generation.version++;
  generation.ended = true;
}

function lastGeneration(index: KeyIndex): Generation {
  const generation = index.generations[index.generations.length - 1];
  assert(generation !== undefined, 'a key index has a generation');
  return generation;
}

function assertAscending(generation: Generation, revision: Revision): void {
  const last = generation.revisions[generation.revisions.length - 1];
  assert(last === undefined || compareRevisions(last, revision) < 0, 'revisions of a key ascend');
}

/** The generation that a put would continue and a delete would end. Undefined if the key does not exist now. */
export function openGeneration(index: KeyIndex): Generation | undefined {
  const generation = lastGeneration(index);
  return generation.ended ? undefined : generation;
}

/** The key's newest change with main <= atRevision. Undefined if the key did not exist then. */
export function findRevision(index: KeyIndex, atRevision: number): Revision | undefined {
  const generation = generationAt(index, atRevision);
  return generation?.revisions[lastAtOrBefore(generation.revisions, atRevision)];
}

// Newest first, because most reads are of the present.
function generationAt(index: KeyIndex, atRevision: number): Generation | undefined {
  for (let i = index.generations.length - 1; i >= 0; i--) {
    const generation = index.generations[i] as Generation;
    const { revisions } = generation;
    if (generation.ended && (revisions[revisions.length - 1] as Revision).main <= atRevision)
      return undefined;
    if ((revisions[0] as Revision).main <= atRevision) return generation;
  }
  return undefined;
}

/** Position of the last revision with main <= atRevision; the first one must be. */
function lastAtOrBefore(revisions: readonly Revision[], atRevision: number): number {
  const last = revisions.length - 1;
  if ((revisions[last] as Revision).main <= atRevision) return last;
  let low = 0;
  let high = last;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((revisions[middle] as Revision).main <= atRevision) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
