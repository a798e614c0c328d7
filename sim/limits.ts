/** Defaults of a simulated world, with their units and reasons. */
import type { DiskLatency } from './disk/host.ts';
import type { LinkParameters } from './network/network.ts';
import { nsPerMs } from './script.ts';

/** A local network: 0.2 ms and up, exponential tail; lossless until a scenario says otherwise. */
export const defaultLinks: LinkParameters = {
  delayMinNs: 200_000,
  delayMeanNs: 800_000,
  lossPer10k: 0,
  duplicatePer10k: 0,
  reorderPer10k: 500,
};

/** An SSD's fsync: 0.3 ms and up, 2 ms on average. */
export const defaultDiskLatency: DiskLatency = { syncMinNs: 300_000, syncMeanNs: 1_700_000 };

/** A member that asks another something and hears nothing gives up after this. */
export const peerCallTimeoutNs = 1000 * nsPerMs;
/** A connection over which nothing comes through counts as lost after this (gRPC keep-alive: half of it in etcd's client). */
export const streamTimeoutNs = 2000 * nsPerMs;
/** The time of day at which every run begins: 2026-01-01 in nanoseconds since 1970. */
export const epochNs = 1_767_225_600_000_000_000n;

/** A member that sends a snapshot and hears nothing gives it up after this. */
export const snapshotTimeoutNs = 1000 * nsPerMs;

/** A crashed process that is started again needs this long before it reads its disk. */
export const bootDelayNs = 20 * nsPerMs;

/** A client gives up on an answer after this; its outcome is then unknown. */
export const clientTimeoutMs = 1500;

/** After the healing at the end, the cluster must take a write within this time. etcd elects within 2 s without faults. */
export const livenessTimeoutMs = 20_000;
/** Then every member must have applied the same entries within this time. */
export const convergenceTimeoutMs = 10_000;

/** After an invariant broke, the load goes on this long, so that clients can see what it means for them. */
export const violationGraceMs = 3000;
/** And this long a broken cluster is asked to serve the final reads. */
export const brokenTimeoutMs = 5000;

/** How many delivered messages of each type a link remembers, for them to come once more. */
export const rememberedMessages = 8;

/** A machine's time of day is set forward or back by at most 30 days at once. */
export const clockStepNsMax = 30 * 86_400 * 1000 * nsPerMs;
