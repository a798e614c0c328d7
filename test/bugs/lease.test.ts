import { describe, expect, it } from 'vitest';
import { bytes } from '../../core/client/index.ts';
import { leaseScripts } from '../../scenarios/bugs/lease_scripts.ts';
import type { Scenario } from '../../sim/scenario.ts';
import { runScenario } from '../../sim/run.ts';
import { itShows } from './script_runs.ts';

describe('the scripts of planted bugs: lease', () => {
  itShows(leaseScripts);
});

/** A lone member restarts when a lease of 20 s has lasted for about 4 s; how many seconds are left then? */
function secondsLeft(persistLeaseCheckpoints: boolean): number {
  let left = -1;
  const scenario: Scenario = {
    name: 'restart',
    sentence: 'A member restarts while a lease runs.',
    members: 1,
    clients: 1,
    durationMs: 11_000,
    member: { leaseCheckpoints: true, leaseCheckpointMs: 1000, persistLeaseCheckpoints },
    *workload({ etcd }) {
      yield* etcd.sleep(3000);
      const granted = yield* etcd.leaseGrant(20);
      // What is written brings the position in the log to the disk: the checkpoints before it are not applied again.
      for (let i = 0; i < 35; i++) {
        yield* etcd.put(bytes('a'), bytes(String(i)));
        yield* etcd.sleep(100);
      }
      yield* etcd.sleep(3500);
      if (granted.status !== 'ok') return;
      const time = yield* etcd.leaseTimeToLive(granted.response.ID);
      if (time.status === 'ok') left = time.response.TTL;
    },
    *nemesis(story) {
      yield* story.sleep(6950);
      yield* story.bounce(1, 100);
    },
    sometimes: [],
  };
  expect(runScenario({ scenario, seed: '1' }).info.verdict.passed).toBe(true);
  return left;
}

describe('checkpoints of leases', () => {
  it('say over a restart how much time is left if they are persisted, and else it begins again', () => {
    expect(secondsLeft(true)).toBeLessThan(18);
    expect(secondsLeft(false)).toBeGreaterThan(18);
  });
});
