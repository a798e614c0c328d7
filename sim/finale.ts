import type { Cluster } from './cluster.ts';
import type { Interventions } from './cluster/interventions.ts';
import { faultSettings } from './disk/host.ts';
import type { VirtualDisk } from './disk/virtual_disk.ts';
import {
  brokenTimeoutMs,
  clientTimeoutMs,
  convergenceTimeoutMs,
  defaultDiskLatency,
  livenessTimeoutMs,
} from './limits.ts';
import type { WorkloadClient } from './scenario.ts';
import { type Script, nsPerMs } from './script.ts';

/** How the end of a run went: whether the healed cluster made progress and agreed. */
export interface Finale {
  /** False when an invariant had broken before: then neither progress nor agreement can be asked for. */
  readonly judged: boolean;
  /** Null if a write and a read of every key succeeded in time, else why not. */
  readonly stalled: string | null;
  /** Null if all members ended with the same log and state, else how they differ. */
  readonly diverged: string | null;
  /** Members that don't run, and are not asked for agreement, because their copies are damaged for good. */
  readonly lost: readonly number[];
  readonly healedNs: number;
  /** Whether every client's script came to its own end; false if it was not asked to. */
  readonly woundDown: boolean;
}

/** Written at the end of every run, to see whether the cluster works. */
export const finalKey = 'detcd-final';

/**
 * The end of every run: no more faults, every link mended, every member running that has a disk to run on; then one client must get
 * a write through and read every key, and all members must come to the same state. What it did to the world is derived from the
 * world, so it is not part of the run's list of interventions. With `windDownMs`, the clients' scripts first get this long to come to
 * their own end.
 */
export function finale(cluster: Cluster, windDownMs = 0): Finale {
  cluster.stopNemesis();
  if (windDownMs === 0) for (const client of cluster.clients) client.stop();
  heal(cluster);
  const healedNs = cluster.world.scheduler.nowNs;
  const woundDown = windDownMs > 0 && windDown(cluster, windDownMs);
  const { scheduler } = cluster.world;
  const busy = (): boolean => cluster.clients.some((client) => client.busy);
  if (busy()) cluster.run(scheduler.nowNs + 2 * clientTimeoutMs * nsPerMs, () => !busy());
  const stalled = probe(cluster);
  const { disks } = cluster.interventions;
  const lost = (): readonly number[] => disks.lostMembers();
  if (cluster.violations.length > 0) {
    return { judged: false, stalled: null, diverged: null, lost: lost(), healedNs, woundDown };
  }
  const agreed = (): boolean => cluster.disagreement(lost()) === null;
  if (!agreed()) cluster.run(scheduler.nowNs + convergenceTimeoutMs * nsPerMs, agreed);
  const diverged = cluster.disagreement(lost());
  return { judged: true, stalled, diverged, lost: lost(), healedNs, woundDown };
}

function windDown(cluster: Cluster, windDownMs: number): boolean {
  const { clients, world } = cluster;
  for (const client of clients) client.over = true;
  const finished = (): boolean => clients.every((client) => client.finished);
  if (!finished()) cluster.run(world.scheduler.nowNs + windDownMs * nsPerMs, finished);
  const inTime = finished();
  for (const client of clients) client.stop();
  return inTime;
}

/** Undoes only what was done, so that the timeline of a calm run ends calmly. */
function heal(cluster: Cluster): void {
  const { interventions, world } = cluster;
  if (world.network.disturbed().length > 0) interventions.applyUnrecorded({ kind: 'heal' });
  if (!world.network.hasParameters(world.options.links)) {
    interventions.applyUnrecorded({ kind: 'links', ...world.options.links });
  }
  for (const members of interventions.disks.swapped()) {
    for (const member of members) if (cluster.disk(member).hasUnsynced()) powerOff(cluster, member);
    interventions.applyUnrecorded({ kind: 'diskSwap', members });
  }
  for (const { number: member, disk, failpoints } of cluster.processes) {
    failpoints.disarm();
    healDisk(interventions, member, disk);
    if (cluster.isPaused(member)) interventions.applyUnrecorded({ kind: 'resume', member });
    // Under its old id a member must not come back without what it had acknowledged (etcd: already been bootstrapped).
    if (cluster.isUp(member) || interventions.disks.isWiped(member)) continue;
    // Who was removed, or was never added, is nobody.
    if (!cluster.members.includes(member)) continue;
    // The page cache of a machine whose process stopped by itself may show what the disk has not got.
    if (disk.hidesLoss) powerOff(cluster, member);
    interventions.applyUnrecorded({ kind: 'restart', member });
  }
}

/** Every switch off, the usual latency, no stall. What a disk has lost by then stays lost. */
function healDisk(
  interventions: Interventions,
  member: number,
  { faults, latency, stalled }: VirtualDisk,
): void {
  const { syncMinNs, syncMeanNs } = defaultDiskLatency;
  if (latency.syncMinNs !== syncMinNs || latency.syncMeanNs !== syncMeanNs) {
    interventions.applyUnrecorded({ kind: 'disk', member, ...defaultDiskLatency, lyingSync: false });
  }
  if (Object.keys(faultSettings(faults)).length > 0) {
    interventions.applyUnrecorded({ kind: 'diskFaults', member, faults: {} });
  }
  if (stalled) interventions.applyUnrecorded({ kind: 'diskRelease', member });
}

function powerOff(cluster: Cluster, member: number): void {
  cluster.interventions.applyUnrecorded({ kind: 'crash', member, mode: 'drop' });
}

function probe(cluster: Cluster): string | null {
  const [client] = cluster.clients;
  if (client === undefined) return 'there is no client';
  const { scheduler } = cluster.world;
  const keys = cluster.keysUsed();
  client.start(finalScript(client.workloadClient, keys));
  const timeoutMs = cluster.violations.length > 0 ? brokenTimeoutMs : livenessTimeoutMs;
  cluster.run(scheduler.nowNs + timeoutMs * nsPerMs, () => client.finished);
  if (client.finished) return null;
  client.stop();
  const leader = cluster.leader();
  const roles = cluster.processes
    .map(({ number, member }) => `n${number} ${member?.role ?? 'down'}`)
    .join(', ');
  return `within ${livenessTimeoutMs / 1000} s after healing no client could write and read every key; ${
    leader === 0 ? 'nobody leads' : `n${leader} leads`
  } (${roles})`;
}

/** Writes one key, then reads all: the history's last word on every acknowledged write. */
function* finalScript(client: WorkloadClient, keys: readonly string[]): Script {
  for (;;) {
    const put = yield* client.put(finalKey, 'done');
    if (put.status === 'ok') break;
    yield* client.sleep(100);
  }
  for (const key of keys) {
    for (;;) {
      const got = yield* client.get(key);
      if (got.status === 'ok') break;
      yield* client.sleep(100);
    }
  }
}
