import type { NodeId } from '../base/ids.ts';
import {
  ConfChangeType,
  type Entry,
  EntryType,
  type HardState,
  type Snapshot,
  asV2,
  confChangeOf,
  encodeConfChange,
  makeConfChange,
  makeEntry,
} from '../raft/index.ts';
import type { Recovered } from '../wal/index.ts';
import type { MemberConfig } from './config.ts';
import { encodeMember } from './membership/index.ts';

/** The log of a member that goes on alone. */
export interface LoneLog {
  readonly hardState: HardState;
  readonly entries: readonly Entry[];
}

/**
 * Drops what is not committed here and commits conf changes that remove everybody else, and add this member if it is not among
 * them; writes them to the log. What others had committed and this member not is lost: only for a majority that never comes back
 * (etcd: restartAsStandaloneNode).
 */
export function aloneFromNowOn(
  config: MemberConfig,
  recovered: Recovered,
  snapshot: Snapshot | null,
): LoneLog {
  const { hardState, wal } = recovered;
  const committed = recovered.entries.filter(({ index }) => index <= hardState.commit);
  const last = committed.at(-1)?.index ?? snapshot?.metadata.index ?? 0;
  const added = changesToAlone(config, membersOf(config, snapshot, committed)).map((change, position) =>
    makeEntry(
      hardState.term,
      last + 1 + position,
      EntryType.confChange,
      encodeConfChange(change, config.ids),
    ),
  );
  const alone = { ...hardState, commit: last + added.length };
  if (added.length > 0) wal.save(alone, added);
  return { hardState: alone, entries: [...committed, ...added] };
}

function membersOf(
  config: MemberConfig,
  snapshot: Snapshot | null,
  entries: readonly Entry[],
): ReadonlySet<NodeId> {
  const { voters, learners } = snapshot?.metadata.confState ?? { voters: [], learners: [] };
  const members = new Set<NodeId>([...voters, ...learners]);
  for (const entry of entries) {
    if (entry.type === EntryType.normal) continue;
    for (const { type, nodeId } of asV2(confChangeOf(entry, config.ids)).changes) {
      if (type === ConfChangeType.removeNode) members.delete(nodeId);
      else if (type !== ConfChangeType.updateNode) members.add(nodeId);
    }
  }
  return members;
}

function changesToAlone(config: MemberConfig, members: ReadonlySet<NodeId>) {
  const { id, ids } = config;
  const others = [...members].filter((member) => member !== id).sort((a, b) => a - b);
  const changes = others.map((member) => makeConfChange(ConfChangeType.removeNode, member));
  if (members.has(id)) return changes;
  const own = config.initialMembers.find((member) => member.id === id);
  const context = encodeMember(
    { id, name: own?.name ?? '', peerUrls: own?.peerUrls ?? [], clientUrls: [], isLearner: false },
    ids,
  );
  return [makeConfChange(ConfChangeType.addNode, id, context), ...changes];
}
