import { assert } from '../base/assert.ts';
import { emptyBytes } from '../base/bytes.ts';
import { noNode, type NodeId } from '../base/ids.ts';
import { applyConfChange } from './apply.ts';
import { ConfChangeType, makeConfChange } from './conf_change.ts';
import { EntryType, makeEntry } from './entry.ts';
import { appendToLog } from './log/raft_log.ts';
import type { Raft } from './raft.ts';
import { becomeFollower } from './transition.ts';
import { encodeConfChange } from './wire.ts';

export interface Peer {
  readonly id: NodeId;
  /** Travels in the conf change that adds the peer: the member's name and addresses. */
  readonly context?: Uint8Array;
}

/**
 * Starts a new cluster on an empty storage: every member begins with the same log, one conf change per peer,
 * already committed. Throws if the log is not empty.
 */
export function bootstrap(raft: Raft, peers: readonly Peer[]): void {
  assert(peers.length > 0, 'must provide at least one peer to Bootstrap');
  assert(raft.settings.storage.lastIndex() === 0, "can't bootstrap a nonempty Storage");
  becomeFollower(raft, 1, noNode);
  const changes = peers.map(({ id, context }) =>
    makeConfChange(ConfChangeType.addNode, id, context ?? emptyBytes),
  );
  const entries = changes.map((change, position) =>
    makeEntry(1, position + 1, EntryType.confChange, encodeConfChange(change, raft.settings.ids)),
  );
  appendToLog(raft.raftLog, entries);
  raft.raftLog.committed = entries.length;
  // Take effect now, so that the node may campaign at once; applying them again later changes nothing.
  for (const change of changes) applyConfChange(raft, change);
}
