/** What raft refuses, as values: callers compare them by identity, and nothing is thrown on the hot path. */
export type RaftErrorCode =
  | 'compacted'
  | 'unavailable'
  | 'snapOutOfDate'
  | 'snapshotTemporarilyUnavailable'
  | 'proposalDropped'
  | 'stepLocalMessage'
  | 'stepPeerNotFound';

export class RaftError extends Error {
  override readonly name = 'RaftError';
  readonly code: RaftErrorCode;

  constructor(code: RaftErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

// The texts are etcd's: clients and transcripts compare them.

/** The index lies before the first entry that is kept. */
export const compactedError = new RaftError('compacted', 'requested index is unavailable due to compaction');
/** The index lies behind the last entry. */
export const unavailableError = new RaftError('unavailable', 'requested entry at index is unavailable');
/** The snapshot is not newer than the one that is kept. */
export const snapOutOfDateError = new RaftError(
  'snapOutOfDate',
  'requested index is older than the existing snapshot',
);
/** The storage is still making the snapshot: raft asks again later. */
export const snapshotTemporarilyUnavailableError = new RaftError(
  'snapshotTemporarilyUnavailable',
  'snapshot is temporarily unavailable',
);
/**
 * No leader, a leader on its way out, or too much uncommitted: the proposal was not appended and may be
 * retried.
 */
export const proposalDroppedError = new RaftError('proposalDropped', 'raft proposal dropped');
/** A message that only the own node may step arrived from outside. */
export const stepLocalMessageError = new RaftError(
  'stepLocalMessage',
  'raft: cannot step raft local message',
);
/** A response from a node that is not part of the configuration. */
export const stepPeerNotFoundError = new RaftError('stepPeerNotFound', 'raft: cannot step as peer not found');
