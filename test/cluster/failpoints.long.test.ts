import { describe, expect, it } from 'vitest';
import { bytes, prefixRange } from '../../core/client/index.ts';
import { absentFailpoints, failpointSites, type FailpointSite } from '../../core/server/failpoints.ts';
import type { LeaseId } from '../../core/server/api/index.ts';
import { runScenario } from '../../sim/run.ts';
import type { Scenario, WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { etcdMixes, etcdTraffic } from '../../scenarios/workloads/etcd_traffic.ts';
import { roles } from '../../scenarios/workloads/roles.ts';
import { eventsOfKind } from '../../sim/trace/trace.ts';

/** Does now and then what the traffic does not: what makes members pass the rarer places. */
function* rare(client: WorkloadClient): Script {
  const { etcd } = client;
  const range = prefixRange(bytes('key'));
  let lease: LeaseId | null = null;
  for (;;) {
    if (lease === null) {
      const granted = yield* etcd.leaseGrant(1000);
      if (granted.status === 'ok') lease = granted.response.ID;
    }
    const now = yield* etcd.range({ ...range, count_only: true });
    const revision = now.status === 'ok' ? now.response.header.revision : 1;
    const watch = yield* etcd.watch({ ...range, start_revision: Math.max(1, revision - 20) });
    yield* watch.next(100);
    yield* watch.progress();
    yield* watch.next(100);
    if (lease !== null) {
      yield* etcd.leaseKeepAlive(lease);
      yield* etcd.leaseTimeToLive(lease, true);
    }
    yield* etcd.compact(revision);
    yield* etcd.call({ kind: 'defragment', defragment: {} });
    yield* watch.cancel();
    yield* client.sleep(150);
  }
}

const firstMembers = [1, 2, 3];
const addLearner = 'beforeApplyOneConfChange';

/** Alone, because members are added only when they have been connected for a while, and the log is kept for 30 s after a snapshot. */
const alone: readonly FailpointSite[] = [
  addLearner,
  'raftBeforeApplySnap',
  'applyBeforeOpenSnapshot',
  'applyAfterOpenSnapshot',
  'raftAfterApplySnap',
  'raftAfterWALRelease',
];
/** Only some members pass it, and not at once. */
function isRare(site: FailpointSite): boolean {
  return /^compact|^defrag|Watch|Progress|Lease|LeaderSend/.test(site);
}

/** For one place after the other: every member is armed, a follower is cut off long enough to need a snapshot, and who ends starts again. */
function armed(sites: readonly FailpointSite[]): Scenario {
  return {
    name: 'armed',
    sentence: 'Members end at one place after the other.',
    members: 3,
    spares: 1,
    clients: 5,
    durationMs: (sites.some(isRare) ? 5000 : sites.length === 1 ? 8000 : 2000) * sites.length + 4500,
    member: { snapshotCount: 20, catchUpEntries: 2, compactionBatchLimit: 5 },
    workload: roles(
      [{ clients: 2, workload: rare }],
      etcdTraffic({ mix: etcdMixes.EtcdPut, pauseMeanMs: 15 }),
    ),
    *nemesis(story) {
      yield* story.untilLeader();
      // Members are added only when all have been connected for 5 s.
      if (sites.includes(addLearner)) yield* story.sleep(5500);
      for (const site of sites) {
        const leader = story.leader();
        const [victim = 0] = story.followers();
        if (alone.includes(site) && site !== addLearner) {
          story.isolate(victim);
          yield* story.sleep(1500);
        }
        // What every member passes all the time ends one; what few pass now and then may be passed by any.
        const armedOnes = isRare(site) ? firstMembers : [victim];
        for (const member of armedOnes) story.failpoint(member, site);
        story.heal();
        if (site === addLearner) yield* story.addMember(4, 'addLearner');
        yield* story.until(() => firstMembers.some((member) => !story.isUp(member)), 6000);
        yield* story.sleep(100);
        for (const member of firstMembers) story.restart(member);
        if (isRare(site) || leader === 0) yield* story.untilLeader();
      }
    },
    sometimes: [],
  };
}

/** Passed only in minutes of a run, or with a client that takes nothing: see test/server/failpoints.test.ts. */
const elsewhere: readonly FailpointSite[] = ['beforeCheckpointInLeaseRenew', 'beforeMoveVictims'];
const reachable = failpointSites.filter((site) => !elsewhere.includes(site) && !alone.includes(site));
const groups: (readonly FailpointSite[])[] = alone.map((site) => [site]);
for (let from = 0; from < reachable.length; from += 6) groups.push(reachable.slice(from, from + 6));

describe('every place at which a member can be ended', () => {
  it('has a name of its own, and those of etcd that have no place here have a reason', () => {
    expect(new Set(failpointSites).size).toBe(failpointSites.length);
    for (const [name, reason] of Object.entries(absentFailpoints)) {
      expect(failpointSites).not.toContain(name);
      expect(reason.length).toBeGreaterThan(20);
    }
  });

  it.each(groups.map((sites) => ({ sites })))(
    'is reached, ends the member, and nothing is lost: $sites',
    ({ sites }) => {
      const { info, trace } = runScenario({ scenario: armed(sites), seed: '1' });
      const texts = eventsOfKind(trace, 'note').map((row) => trace.text(row, 0));
      const ended = sites.filter((site) => texts.some((text) => text.endsWith(`ended at ${site}`)));
      expect(ended).toEqual(sites);
      expect(info.verdict.violations.map(({ sentence }) => sentence)).toEqual([]);
      expect(info.verdict.passed).toBe(true);
      const recorded = info.interventions.filter(({ kind }) => kind === 'failpoint');
      expect(recorded.length).toBeGreaterThanOrEqual(sites.length);
    },
  );

  it('is recorded, and replayed from the record', () => {
    const scenario = armed(['raftBeforeSave', 'afterCommit']);
    const { info } = runScenario({ scenario, seed: '2' });
    const again = runScenario({ scenario, seed: '2', interventions: info.interventions });
    expect(again.info.digest).toBe(info.digest);
  });
});
