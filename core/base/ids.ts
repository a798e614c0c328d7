/**
 * Ids that must not be mixed up are branded: a NodeId is a number at run time and a type of its own at compile time.
 * Terms, log indexes and revisions stay plain numbers, because they are calculated with.
 */
declare const brand: unique symbol;
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

/** A raft member. 0 is raft's "none". Below 2^53; 64-bit ids of foreign clusters are mapped at the wire. */
export type NodeId = Branded<number, 'NodeId'>;

/** One request and its answer, unique within a client connection's lifetime. */
export type RequestId = Branded<number, 'RequestId'>;

/** Raft's placeholder for "no node" (raft.None in etcd). */
export const noNode = 0 as NodeId;

export function nodeId(value: number): NodeId {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`node id: expected an integer from 0 to 2^53 - 1, got ${value}`);
  }
  return value as NodeId;
}

export function requestId(value: number): RequestId {
  return value as RequestId;
}
