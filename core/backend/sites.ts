/** Places in the backend and in its database at which a process may be ended, named as in etcd and bbolt, in the order of a commit. */
export const backendSites = [
  'beforeWritebackBuf',
  'afterWritebackBuf',
  'commitBeforePreCommitHook',
  'commitAfterPreCommitHook',
  'beforeCommit',
  'beforeSyncDataPages',
  'beforeSyncMetaPage',
  'afterCommit',
  'beforeStartDBTxn',
  'afterStartDBTxn',
  'defragBeforeCopy',
  'defragBeforeRename',
] as const;
export type BackendSite = (typeof backendSites)[number];
