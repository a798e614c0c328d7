import { leaseStalledTicks } from '../limits.ts';

/**
 * Whether a leader may trust its own belief to lead when it renews, revokes or checkpoints. One that was stalled (in an fsync,
 * say) may have been deposed meanwhile, and the leases renewed elsewhere: unless it ticked lately, it has to confirm its
 * leadership with a quorum first, as a linearizable read does (etcd issue 15247).
 */
export function leadershipIsFresh(lastTickNs: number, nowNs: number, tickIntervalNs: number): boolean {
  return nowNs - lastTickNs < leaseStalledTicks * tickIntervalNs;
}
