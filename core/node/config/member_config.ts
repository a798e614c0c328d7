import { type NodeId, nodeId } from '../../base/ids.ts';
import type { NodeIdTable } from '../../base/node_ids.ts';
import type { Disk } from '../../ports.ts';
import { type InitialMember, type MemberConfig, memberDefaults } from '../../server/config.ts';
import { readLogOwner } from '../host/log_owner.ts';
import { addedMemberId, clusterIdOf, firstMemberId } from '../host/member_ids.ts';
import { WideIds } from '../host/wide_ids.ts';
import type { ServeConfig } from './serve_config.ts';

/** Who a member is that joins a cluster which has added it: what the others say. */
export interface JoinedCluster {
  readonly clusterId: bigint;
  readonly memberId: bigint;
  /** Everybody, as the others know them. */
  readonly members?: readonly KnownMember[];
}

/** A member as another one tells of it. */
export interface KnownMember {
  readonly id: bigint;
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
}

/**
 * What the member is started with. Its ids are those of the log it finds; else those that follow from the addresses of the first members;
 * else, for one that joins, those that the others have given out.
 */
export function memberConfigOf(config: ServeConfig, disk: Disk, joined: JoinedCluster | null): MemberConfig {
  const ids = new WideIds();
  const found = readLogOwner(disk);
  const first = config.initialCluster.map(({ name, peerUrls }) => ({
    name,
    peerUrls: peerUrls.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
    foreign: firstMemberId(peerUrls, config.clusterToken),
  }));
  const own = first.find(({ name }) => name === config.name)?.foreign ?? 0n;
  const memberId = found?.member ?? joined?.memberId ?? own;
  const clusterId = found?.cluster ?? joined?.clusterId ?? clusterIdOf(first.map(({ foreign }) => foreign));
  // Who joins learns from the log who else is there.
  const known = config.joinsExisting
    ? first.filter(({ foreign }) => foreign === own).map((member) => ({ ...member, foreign: memberId }))
    : first;
  const initialMembers = known.map(({ name, peerUrls, foreign }): InitialMember => ({
    id: localId(ids, foreign),
    name,
    peerUrls,
  }));
  const { name, advertiseClientUrls: clientUrls, quotaBytes, autoCompaction, snapshotCount } = config;
  const { heartbeatIntervalMs, electionTicks, strictReconfiguration, forceNewCluster } = config;
  const { leaseCheckpoints, corruptCheckMs, compactionBatchLimit, joinsExisting: joins } = config;
  return {
    ...memberDefaults,
    heartbeatIntervalMs,
    electionTicks,
    strictReconfiguration,
    forceNewCluster,
    joins,
    leaseCheckpoints,
    corruptCheckMs,
    compactionBatchLimit,
    quotaBytes,
    autoCompaction,
    snapshotCount,
    catchUpEntries: Math.min(memberDefaults.catchUpEntries, snapshotCount),
    id: localId(ids, memberId),
    name,
    clientUrls,
    clusterId,
    initialMembers,
    newMemberId: addedMemberId,
    ids,
  };
}

function localId(ids: NodeIdTable, foreign: bigint): NodeId {
  return foreign === 0n ? nodeId(0) : ids.local(foreign);
}
