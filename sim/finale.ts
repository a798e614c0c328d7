import { differentHashes, laggingWatchers } from './cluster/agreement.ts';
import type { Cluster } from './cluster.ts';
import type { Interventions } from './cluster/interventions.ts';
import { healClock, healLinks } from './cluster/healing.ts';
import { faultSettings } from './disk/host.ts';
import type { VirtualDisk } from './disk/virtual_disk.ts';
import { drawQuorum } from './healed_quorum.ts';
import {
  brokenTimeoutMs,
  clientTimeoutMs,
  convergenceTimeoutMs,
  defaultDiskLatency,
  livenessTimeoutMs,
} from './limits.ts';
import { whoWaits } from './liveness.ts';
import type { WorkloadClient } from './scenario.ts';
import { type Script, nsPerMs } from './script.ts';

/** How the end of a run went: whether the healed cluster made progress and agreed. */
export interface Finale {
  /** False when an invariant had broken before: then neither progress nor agreement can be asked for. */
  readonly judged: boolean;
  /** Null if a write and a read of every key succeeded in time, else why not. */
  readonly stalled: string | null;
  /** If not: who waited for what, a line each. */
  readonly waiting: readonly string[];
  /** Null if all members ended with the same log and state, else how they differ. */
  readonly diverged: string | null;
  /** Members that don't run, and are not asked for agreement, because their copies are damaged for good. */
  readonly lost: readonly number[];
  readonly healedNs: number;
  /** Whether every client's script came to its own end; false if it was not asked to. */
  readonly woundDown: boolean;
}

/** How often each member of a quorum is asked, whose answers to clients tell nothing. */
const readsAskedMs = 500;

/** A clean stop is a few syncs long. */
const stopTimeoutMs = 5000;

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
  const quorumStall = cluster.violations.length === 0 ? quorumAlone(cluster, windDownMs > 0) : null;
  heal(cluster);
  const healedNs = cluster.world.scheduler.nowNs;
  const woundDown = windDownMs > 0 && windDown(cluster, windDownMs);
  const { scheduler } = cluster.world;
  untilAnswered(cluster);
  const { stalled, waiting } = quorumStall ?? probe(cluster);
  const { disks } = cluster.interventions;
  const lost = (): readonly number[] => disks.lostMembers();
  if (cluster.violations.length > 0) {
    return { judged: false, stalled: null, waiting, diverged: null, lost: lost(), healedNs, woundDown };
  }
  const difference = (): string | null => cluster.disagreement(lost()) ?? laggingWatchers(cluster);
  const agreed = (): boolean => difference() === null;
  if (!agreed()) cluster.run(scheduler.nowNs + convergenceTimeoutMs * nsPerMs, agreed);
  const diverged = difference() ?? differentHashes(cluster);
  return { judged: true, stalled, waiting, diverged, lost: lost(), healedNs, woundDown };
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

/** Calls that are under way get their answers, or time out. */
function untilAnswered(cluster: Cluster): void {
  const busy = (): boolean => cluster.clients.some((client) => client.busy);
  const { nowNs } = cluster.world.scheduler;
  if (busy()) cluster.run(nowNs + 2 * clientTimeoutMs * nsPerMs, () => !busy());
}

interface Progress {
  readonly stalled: string | null;
  readonly waiting: readonly string[];
}

/**
 * With a random quorum well, and everybody else as they are and cut off, a write must come through; if the clients' scripts go on, a
 * read must. Null if it does, or can't be asked.
 */
function quorumAlone(cluster: Cluster, scriptsGoOn: boolean): Progress | null {
  const quorum = drawQuorum(cluster);
  if (quorum === null) return null;
  heal(cluster, quorum);
  const others = cluster.members.filter((member) => !quorum.includes(member));
  // Clients, too: one that is content with a member that knows nobody would ask it for ever.
  const well = [...quorum, ...cluster.clients.map((_, index) => cluster.endpointOfClient(index + 1))];
  cluster.interventions.applyUnrecorded({ kind: 'cut', from: well, to: others });
  cluster.interventions.applyUnrecorded({ kind: 'cut', from: others, to: well });
  const names = quorum.map((member) => `n${member}`).join(', ');
  const when = `with the quorum ${names} well and the others cut off`;
  if (scriptsGoOn) return askForRead(cluster, quorum, when);
  untilAnswered(cluster);
  const progress = ask(cluster, [], when);
  return progress.stalled === null ? null : progress;
}

/**
 * One of these must answer a read, before which a leader has to hear from its quorum. A write would come between the scripts and what
 * they expect.
 */
function askForRead(cluster: Cluster, quorum: readonly number[], when: string): Progress | null {
  const { admin, scheduler } = cluster.world;
  const calls: number[] = [];
  const answered = (): boolean => calls.some((call) => admin.readWasAnswered(call));
  for (let passedMs = 0; passedMs < livenessTimeoutMs; passedMs += readsAskedMs) {
    calls.push(...quorum.map((member) => cluster.interventions.askForRead(member, finalKey)));
    cluster.run(scheduler.nowNs + readsAskedMs * nsPerMs, answered);
    if (answered()) return null;
  }
  const stalled = `no member could answer a read ${within} ${when}; ${whoLeads(cluster)}`;
  return { stalled, waiting: whoWaits(cluster) };
}

/** Undoes only what was done, so that the timeline of a calm run ends calmly; of members and their disks, only with these. */
function heal(
  cluster: Cluster,
  only: readonly number[] = cluster.processes.map(({ number }) => number),
): void {
  const { interventions, world } = cluster;
  if (world.network.disturbed().length > 0) interventions.applyUnrecorded({ kind: 'heal' });
  if (!world.network.hasParameters(world.options.links)) {
    interventions.applyUnrecorded({ kind: 'links', ...world.options.links });
  }
  healLinks(world, cluster.clients, interventions);
  for (const members of interventions.disks.swapped()) {
    if (!members.every((member) => only.includes(member))) continue;
    for (const member of members) if (cluster.disk(member).hasUnsynced()) powerOff(cluster, member);
    interventions.applyUnrecorded({ kind: 'diskSwap', members });
  }
  const stopping: number[] = [];
  for (const { number: member, disk, failpoints, clock } of cluster.processes) {
    if (!only.includes(member)) continue;
    failpoints.disarm();
    healClock(interventions, member, clock);
    healDisk(interventions, member, disk);
    if (cluster.isPaused(member)) interventions.applyUnrecorded({ kind: 'resume', member });
    if (cluster.processes[member - 1]?.member?.isStopping === true) stopping.push(member);
    // Under its old id a member must not come back without what it had acknowledged (etcd: already been bootstrapped).
    if (cluster.isUp(member) || interventions.disks.isWiped(member)) continue;
    // Who was removed, or was never added, is nobody.
    if (!cluster.members.includes(member)) continue;
    // The page cache of a machine whose process stopped by itself may show what the disk has not got.
    if (disk.hidesLoss) powerOff(cluster, member);
    interventions.applyUnrecorded({ kind: 'restart', member });
  }
  if (stopping.length > 0) startWhenStopped(cluster, stopping);
}

/** Who was asked to stop comes to its end first. */
function startWhenStopped(cluster: Cluster, members: readonly number[]): void {
  const stopped = (): boolean => members.every((member) => !cluster.isUp(member));
  if (!stopped()) cluster.run(cluster.world.scheduler.nowNs + stopTimeoutMs * nsPerMs, stopped);
  for (const member of members) {
    if (!cluster.isUp(member)) cluster.interventions.applyUnrecorded({ kind: 'restart', member });
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

function probe(cluster: Cluster): Progress {
  return ask(cluster, cluster.keysUsed(), 'after healing');
}

/** One client must get a write through and read these keys. */
function ask(cluster: Cluster, keys: readonly string[], when: string): Progress {
  const [client] = cluster.clients;
  if (client === undefined) return { stalled: 'there is no client', waiting: [] };
  const { scheduler } = cluster.world;
  client.start(finalScript(client.workloadClient, keys));
  const timeoutMs = cluster.violations.length > 0 ? brokenTimeoutMs : livenessTimeoutMs;
  cluster.run(scheduler.nowNs + timeoutMs * nsPerMs, () => client.finished);
  if (client.finished) return { stalled: null, waiting: [] };
  client.stop();
  const what = keys.length === 0 ? 'write' : 'write and read every key';
  const stalled = `no client could ${what} ${within} ${when}; ${whoLeads(cluster)}`;
  return { stalled, waiting: whoWaits(cluster) };
}

const within = `within ${livenessTimeoutMs / 1000} s`;

function whoLeads(cluster: Cluster): string {
  const leader = cluster.leader();
  return leader === 0 ? 'nobody leads' : `n${leader} leads`;
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
