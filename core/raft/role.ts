import type { ByteString } from '../base/bytes.ts';
import type { NodeId } from '../base/ids.ts';

export type RoleName = Role['kind'];

/** What a node is in its term, with the state that only this role has: leaving the role forgets it. */
export type Role = Follower | Candidate | Leader;

export interface Follower {
  readonly kind: 'follower';
  /** 0 while nobody is known to lead. */
  readonly leader: NodeId;
}

export interface Candidate {
  readonly kind: 'preCandidate' | 'candidate';
  /** The first answer of each node. */
  readonly votes: Map<NodeId, boolean>;
}

export interface Leader {
  readonly kind: 'leader';
  /** Who shall lead next; proposals are dropped until then. 0 outside of a transfer. */
  transferee: NodeId;
  /** The last conf change in the log, or a bound on it: no other one is appended before it is applied. */
  pendingConfIndex: number;
  /** Payload bytes in the log that are not applied. */
  uncommittedBytes: number;
  /**
   * Numbers the reads of this term; a heartbeat's context is such a number, never the request's own bytes.
   */
  readSequence: number;
  /** Reads that wait for a majority's heartbeats, oldest first. */
  readonly reads: PendingRead[];
  /** Reads that came before the term's first commit. */
  readonly earlyReads: ReadRequest[];
}

export interface ReadRequest {
  /** Who asked: the own node or a follower. */
  readonly from: NodeId;
  readonly context: ByteString;
}

export interface PendingRead {
  readonly request: ReadRequest;
  /** The commit index when the request arrived: the answer, once it is known that nobody else led then. */
  readonly index: number;
  /** The context of the heartbeats that confirm it. */
  readonly heartbeatContext: ByteString;
  readonly acks: Map<NodeId, boolean>;
}
