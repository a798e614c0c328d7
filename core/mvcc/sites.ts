/** Places in a compaction at which a process may be ended, named as in etcd, in their order. */
export const compactionSites = [
  'compactBeforeCommitScheduledCompact',
  'compactAfterCommitScheduledCompact',
  'compactBeforeCommitBatch',
  'compactAfterCommitBatch',
  'compactBeforeSetFinishedCompact',
  'compactAfterSetFinishedCompact',
] as const;
export type CompactionSite = (typeof compactionSites)[number];
