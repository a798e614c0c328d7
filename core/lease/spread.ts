import { leaseRevokesPerSecond } from '../limits.ts';
import { compareExpiries, type Lease } from './lease.ts';

/** Below the limit, so that leases that fall due later find room. */
const spreadPerSecond = Math.floor((3 * leaseRevokesPerSecond) / 4);
const secondMs = 1000;

/**
 * Leases that a new primary restarts all at once would also expire all at once, faster than they can be revoked. Calls
 * `delay` for those that come too thick, with the milliseconds by which each must expire later, so that about three quarters
 * of the revoke rate fall due in a second.
 */
export function spreadPileUps(
  leases: Iterable<Lease>,
  nowMs: number,
  delay: (lease: Lease, byMs: number) => void,
): void {
  const sorted = [...leases].sort(compareExpiries);
  // With fewer than that no second can hold too many.
  if (sorted.length < leaseRevokesPerSecond) return;
  let windowStartMs = -Infinity;
  let windowEndMs = -Infinity;
  let inWindow = 0;
  for (const lease of sorted) {
    const remainingMs = lease.expiryMs - nowMs;
    if (remainingMs > windowEndMs) {
      windowStartMs = remainingMs;
      windowEndMs = remainingMs + secondMs;
      inWindow = 1;
      continue;
    }
    inWindow++;
    if (inWindow <= spreadPerSecond) continue;
    const slotMs = Math.ceil((inWindow * secondMs) / spreadPerSecond);
    const byMs = Math.max(0, slotMs - (remainingMs - windowStartMs));
    // What would fall due before the last one that was moved belongs to the same pile.
    windowEndMs = windowStartMs + slotMs;
    delay(lease, byMs);
  }
}
