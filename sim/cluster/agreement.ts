import type { Cluster } from '../cluster.ts';
import type { Member } from '../../core/server/member.ts';

interface Up {
  readonly number: number;
  readonly member: Member;
}

function up({ processes, members }: Cluster): Up[] {
  return processes.flatMap(({ number, member }) =>
    member === null || !members.includes(number) ? [] : [{ number, member }],
  );
}

/** Null if every watcher of every member was handed all that the store did (etcd: Watch API, reliable), else who was not. */
export function laggingWatchers(cluster: Cluster): string | null {
  for (const { number, member } of up(cluster)) {
    const watches = member.state?.watches;
    const count = watches === undefined ? 0 : watches.unsyncedCount + watches.victimCount;
    if (count > 0)
      return `${count === 1 ? 'a watcher' : `${count} watchers`} of n${number} did not come to the last revision`;
  }
  return null;
}

/**
 * Null if members that have all applied the same give the same HashKV, and none has lost something readable to a compaction; else what is
 * wrong. It reads what is stored, byte by byte, where the digest of the state only follows what was applied.
 */
export function differentHashes(cluster: Cluster): string | null {
  const { invariants } = cluster.world;
  const { upkeep } = invariants;
  const told = invariants.violations.length;
  for (const { number, member } of up(cluster)) {
    const { store } = member;
    if (store === null) continue;
    const planned = upkeep.plannedRevisions(number).map((revision) => store.hashKv(revision));
    upkeep.onCompaction(number, true, [...planned, store.hashKv()]);
  }
  return invariants.violations[told]?.sentence ?? null;
}
