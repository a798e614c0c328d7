import { type BackendSite, backendSites } from '../backend/index.ts';
import { type CompactionSite, compactionSites } from '../mvcc/index.ts';

const loopSites = [
  'raftBeforeLeaderSend',
  'raftBeforeSaveSnap',
  'raftAfterSaveSnap',
  'raftBeforeWALSaveSnapshot',
  'raftBeforeSave',
  'walBeforeSync',
  'walAfterSync',
  'raftAfterSave',
  'raftBeforeApplySnap',
  'applyBeforeOpenSnapshot',
  'applyAfterOpenSnapshot',
  'raftAfterApplySnap',
  'raftAfterWALRelease',
  'raftBeforeFollowerSend',
  'raftBeforeAdvance',
] as const;
const applySites = ['beforeApplyOneEntryNormal', 'beforeApplyOneConfChange'] as const;
const serviceSites = [
  'beforeSyncWatchers',
  'beforeMoveVictims',
  'beforeProgressIfSync',
  'beforeSendWatchResponse',
  'beforeCheckpointInLeaseRenew',
  'beforeLookupWhenLeaseTimeToLive',
] as const;

/**
 * Every place at which a member can be ended, named as etcd's own failpoints, in the order of the code. What is done in one go
 * here and in two there has one name: nothing can happen in between.
 */
export type FailpointSite =
  | (typeof loopSites)[number]
  | (typeof applySites)[number]
  | (typeof serviceSites)[number]
  | BackendSite
  | CompactionSite;

export const failpointSites: readonly FailpointSite[] = [
  ...loopSites,
  ...applySites,
  ...backendSites,
  ...compactionSites,
  ...serviceSites,
];

/** Those of etcd that have no place here, and why. */
export const absentFailpoints: Readonly<Record<string, string>> = {
  raftDropHeartbeat: 'drops messages instead of ending the process: the network does that to any message',
  beforeWriteMetaError: 'fails a write instead of ending the process: the disk does that to any write',
};

export function isFailpointSite(name: string): name is FailpointSite {
  return (failpointSites as readonly string[]).includes(name);
}
