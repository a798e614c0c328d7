import { describe, expect, it } from 'vitest';
import { watchChannelSlots } from '../../core/limits.ts';
import type { FailpointSite } from '../../core/server/failpoints.ts';
import { LocalCluster } from './local_cluster.ts';
import { grant, keepAlive, put, watchKey } from './requests.ts';

describe('places that a member passes only seldom', () => {
  it('beforeMoveVictims: when a client takes nothing and its channel is full', () => {
    const passed: FailpointSite[] = [];
    const failpoint = (site: FailpointSite): void => void passed.push(site);
    const cluster = new LocalCluster(1, { config: { failpoint } });
    const leader = cluster.elect();
    const stream = leader.openStream(1);
    leader.member.onWatchRequest(stream.id, watchKey('x'));
    for (let i = 0; i < watchChannelSlots + 5; i++) cluster.ask(leader, put('x', String(i)));
    expect(passed).not.toContain('beforeMoveVictims');
    cluster.run(100);
    expect(passed).toContain('beforeMoveVictims');
  });

  it('beforeCheckpointInLeaseRenew: when a lease with a checkpoint is renewed', () => {
    const passed: FailpointSite[] = [];
    const failpoint = (site: FailpointSite): void => void passed.push(site);
    const cluster = new LocalCluster(1, { config: { failpoint, leaseCheckpoints: true } });
    const leader = cluster.elect();
    cluster.ask(leader, grant(7n, 1000));
    cluster.run(6 * 60 * 1000);
    expect(passed).not.toContain('beforeCheckpointInLeaseRenew');
    expect(cluster.ask(leader, keepAlive(7n))).toMatchObject({ lease_keep_alive: { TTL: 1000 } });
    expect(passed).toContain('beforeCheckpointInLeaseRenew');
  });

  it('are passed in the order of etcd: what is saved is sent and applied around it', () => {
    const passed: FailpointSite[] = [];
    const failpoint = (site: FailpointSite): void => void passed.push(site);
    const cluster = new LocalCluster(1, { config: { failpoint } });
    const leader = cluster.elect();
    cluster.run(1000);
    passed.length = 0;
    leader.request(put('x'));
    cluster.settle();
    const raft = passed.filter((site) => /^(raft|wal|beforeApply)/.test(site));
    expect(raft.slice(0, 6)).toEqual([
      'raftBeforeLeaderSend',
      'raftBeforeSave',
      'walBeforeSync',
      'walAfterSync',
      'raftAfterSave',
      'raftBeforeAdvance',
    ]);
    expect(raft[6]).toBe('beforeApplyOneEntryNormal');
  });
});
