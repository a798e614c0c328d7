import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leaseCheckIntervalMs, leaseRevokeRetryMs, nsPerMs, nsPerSecond } from '../../core/limits.ts';
import { electionNs, LeaseCluster } from './cluster.ts';

type Step = (cluster: LeaseCluster) => void;

const ttlMax = 20;
const back = fc.nat(4);
const member = fc.nat(2);
const checkNs = leaseCheckIntervalMs * nsPerMs;

function weighted(
  weight: number,
  arbitrary: fc.Arbitrary<Step>,
): { weight: number; arbitrary: fc.Arbitrary<Step> } {
  return { weight, arbitrary };
}

const step: fc.Arbitrary<Step> = fc.oneof(
  weighted(
    3,
    fc.nat(ttlMax).map((ttl) => (cluster) => cluster.grant(ttl)),
  ),
  weighted(
    4,
    fc.tuple(fc.constantFrom('a', 'b', 'c'), back).map(
      ([key, lease]) =>
        (cluster) =>
          cluster.put(key, lease),
    ),
  ),
  weighted(
    1,
    back.map((lease) => (cluster) => cluster.revoke(lease)),
  ),
  weighted(
    6,
    back.map((lease) => (cluster) => cluster.renew(lease)),
  ),
  weighted(
    10,
    fc.integer({ min: 1, max: 5_000_000_000 }).map((ns) => (cluster) => {
      cluster.advance(ns);
      cluster.check();
    }),
  ),
  weighted(
    10,
    fc.integer({ min: 1, max: 5 }).map((count) => (cluster) => cluster.commit(count)),
  ),
  weighted(
    2,
    member.map((index) => (cluster) => cluster.catchUp(index)),
  ),
  weighted(
    2,
    fc.tuple(member, fc.nat(4), fc.nat(3_000_000_000)).map(
      ([index, committed, downNs]) =>
        (cluster) =>
          cluster.elect(index, committed, downNs),
    ),
  ),
  weighted(
    1,
    member.map((index) => (cluster) => cluster.restart(index)),
  ),
  weighted(
    1,
    member.map((index) => (cluster) => cluster.snapshot(index)),
  ),
);

describe('leases over a changing leader', () => {
  it('none ends before its time, none lives for ever, and all members agree', () => {
    const seen = { expired: 0, renewed: 0, renewedLate: 0, refused: 0, checkpoints: 0 };
    const options = fc.record({
      minTtl: fc.constant(2),
      checkpoints: fc.boolean(),
      persistCheckpoints: fc.boolean(),
      checkpointIntervalMs: fc.constant(4000),
    });
    fc.assert(
      fc.property(
        options,
        fc.array(step, { minLength: 20, maxLength: 100, size: 'max' }),
        (chosen, steps) => {
          const cluster = new LeaseCluster(chosen);
          for (const one of steps) {
            one(cluster);
          }
          cluster.agree();
          // Nobody renews any more: within the longest time, and what finding and revoking takes, all are gone.
          const endNs =
            cluster.nowNs + ttlMax * nsPerSecond + electionNs + (leaseRevokeRetryMs + 1) * nsPerMs;
          while (cluster.nowNs < endNs + 2 * checkNs) {
            cluster.commit(Infinity);
            cluster.advance(checkNs);
            cluster.check();
          }
          cluster.commit(Infinity);
          expect(cluster.liveLeases, 'immortal leases').toBe(0);
          cluster.agree();
          for (const key of Object.keys(seen) as (keyof typeof seen)[]) seen[key] += cluster.seen[key];
        },
      ),
      { numRuns: 150 },
    );
    // Sometimes is checked, too.
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(20);
  });
});
