export interface ResponseHeader {
  /** All 64 bits, as in etcd. */
  readonly cluster_id: bigint;
  /** The member that answered. */
  readonly member_id: bigint;
  /** The store's revision when the request was applied. */
  readonly revision: number;
  readonly raft_term: number;
}

/** A header that knows the revision only. Answers inside a txn keep it; the member completes the outermost one. */
export function revisionHeader(revision: number): ResponseHeader {
  return { cluster_id: 0n, member_id: 0n, revision, raft_term: 0 };
}
