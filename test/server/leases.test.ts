import { describe, expect, it } from 'vitest';
import { errors } from '../../core/server/api/index.ts';
import { LocalCluster } from './local_cluster.ts';
import type { LocalMember } from './local_member.ts';
import { authSetup, get, grant, keepAlive, login, put, revoke, text, timeToLive } from './requests.ts';

function exists(cluster: LocalCluster, member: LocalMember, key: string): boolean {
  const answer = cluster.ask(member, get(key, true));
  return answer.kind === 'range' && answer.range.count > 0;
}

/** Three members, and a key that lives as long as lease 7, which has so many seconds. */
function withLease(ttl: number): { cluster: LocalCluster; leader: LocalMember } {
  const cluster = new LocalCluster();
  const leader = cluster.elect();
  expect(cluster.ask(leader, grant(7n, ttl)).kind).toBe('lease_grant');
  expect(cluster.ask(leader, put('leased', 'v', 7n)).kind).toBe('put');
  return { cluster, leader };
}

describe('expiry', () => {
  it('happens through the log, proposed by the leader: members that hear nothing keep the lease', () => {
    const { cluster, leader } = withLease(3);
    const [reached, cut] = cluster.followers();
    if (reached === undefined || cut === undefined) throw new Error('three members');
    cut.isolated = true;
    cluster.run(5000);
    expect(exists(cluster, leader, 'leased')).toBe(false);
    expect(exists(cluster, reached, 'leased')).toBe(false);
    expect(exists(cluster, cut, 'leased')).toBe(true);
    cut.isolated = false;
    cluster.run(3000);
    expect(exists(cluster, cut, 'leased')).toBe(false);
  });

  it('followers never expire on their own: nothing runs out while nobody leads', () => {
    const { cluster, leader } = withLease(3);
    cluster.crash(leader);
    const left = cluster.members.filter(({ up }) => up);
    cluster.crash(left[1] as LocalMember);
    cluster.run(20_000);
    expect(exists(cluster, left[0] as LocalMember, 'leased')).toBe(true);
  });

  it('the next leader starts every lease anew and extends it by an election timeout', () => {
    const { cluster, leader } = withLease(4);
    cluster.run(3000);
    cluster.crash(leader);
    const next = cluster.elect(leader.number);
    const ledNs = cluster.nowNs;
    cluster.run(4000);
    expect(exists(cluster, next, 'leased')).toBe(true);
    cluster.run(3000);
    expect(exists(cluster, next, 'leased')).toBe(false);
    expect(cluster.nowNs - ledNs).toBeLessThan(8_000_000_000);
  });

  it('a leader that is deposed demotes its lessor: it tells no time any more', () => {
    const { cluster, leader } = withLease(4);
    leader.isolated = true;
    const next = cluster.elect(leader.number);
    cluster.run(20_000);
    expect(exists(cluster, next, 'leased')).toBe(false);
    expect(exists(cluster, leader, 'leased')).toBe(true);
    leader.isolated = false;
    cluster.run(3000);
    expect(exists(cluster, leader, 'leased')).toBe(false);
  });

  it('more leases than may be under way run out one after the other without a pause', () => {
    const cluster = new LocalCluster(1);
    const leader = cluster.elect();
    for (let i = 1; i <= 100; i++) leader.request(grant(BigInt(i), 2));
    cluster.run(100);
    cluster.run(3500);
    const answer = cluster.ask(leader, { kind: 'lease_leases', lease_leases: {} });
    expect(answer).toMatchObject({ lease_leases: { leases: [] } });
  });
});

describe('a stalled leader', () => {
  it('makes sure that it still leads before it renews: a deposed one that wakes up renews nothing', () => {
    const { cluster, leader } = withLease(4);
    leader.paused = true;
    const next = cluster.elect(leader.number);
    cluster.run(8000);
    expect(exists(cluster, next, 'leased')).toBe(false);
    leader.paused = false;
    // Its first tick proves nothing, and it has not heard of the others yet.
    leader.member.onTimer(0);
    const id = leader.request(keepAlive(7n));
    expect(leader.answers.has(id)).toBe(false);
    cluster.run(1000);
    expect(leader.answers.get(id)).toMatchObject({ lease_keep_alive: { TTL: 0 } });
  });

  it('goes on renewing when a quorum has confirmed it', () => {
    const { cluster, leader } = withLease(6);
    leader.paused = true;
    cluster.run(700);
    leader.paused = false;
    const id = leader.request(keepAlive(7n));
    cluster.run(300);
    expect(leader.answers.get(id)).toMatchObject({ lease_keep_alive: { TTL: 6 } });
    // Also for expiry: it makes sure by itself.
    cluster.run(8000);
    expect(exists(cluster, leader, 'leased')).toBe(false);
  });

  it('does not revoke what others have renewed meanwhile', () => {
    const { cluster, leader } = withLease(3);
    leader.paused = true;
    const next = cluster.elect(leader.number);
    for (let i = 0; i < 10; i++) {
      cluster.run(1000);
      expect(cluster.ask(next, keepAlive(7n))).toMatchObject({ lease_keep_alive: { TTL: 3 } });
    }
    leader.paused = false;
    cluster.run(1500);
    expect(exists(cluster, next, 'leased')).toBe(true);
  });
});

describe('a lease asked for at any member', () => {
  it('keep-alives are passed on to the leader by followers', () => {
    const { cluster } = withLease(3);
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    for (let i = 0; i < 8; i++) {
      cluster.run(1000);
      expect(cluster.ask(follower, keepAlive(7n))).toMatchObject({ lease_keep_alive: { ID: 7n, TTL: 3 } });
    }
    expect(exists(cluster, follower, 'leased')).toBe(true);
  });

  it('a keep-alive that a follower passed on waits for a checkpoint like one at the leader', () => {
    const cluster = new LocalCluster(3, { config: { leaseCheckpoints: true } });
    const leader = cluster.elect();
    cluster.ask(leader, grant(7n, 1000));
    // Long enough for a checkpoint of what is left.
    cluster.run(6 * 60 * 1000);
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    expect(cluster.ask(follower, keepAlive(7n))).toMatchObject({ lease_keep_alive: { TTL: 1000 } });
  });

  it('a renewal at a leader that has not applied all of its log waits for it', () => {
    const { cluster, leader } = withLease(30);
    leader.stalled = true;
    const revoked = leader.request(revoke(7n));
    cluster.run(100);
    const renewed = leader.request(keepAlive(7n));
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    const passedOn = follower.request(keepAlive(7n));
    cluster.run(100);
    expect(leader.member.commitIndex).toBeGreaterThan(leader.member.appliedIndex);
    expect([leader.answers.has(renewed), follower.answers.has(passedOn)]).toEqual([false, false]);
    leader.stalled = false;
    cluster.run(1000);
    expect(leader.answers.get(revoked)?.kind).toBe('lease_revoke');
    expect(leader.answers.get(renewed)).toMatchObject({ lease_keep_alive: { TTL: 0 } });
    expect(follower.answers.get(passedOn)).toMatchObject({ lease_keep_alive: { TTL: 0 } });
  });

  it('a keep-alive finds the new leader when the one that was asked loses its office', () => {
    const { cluster, leader } = withLease(20);
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    cluster.crash(leader);
    const id = follower.request(keepAlive(7n));
    cluster.run(6000, () => follower.answers.has(id));
    expect(follower.answers.get(id)).toMatchObject({ lease_keep_alive: { TTL: 20 } });
  });

  it('the time to live is told with the keys, in their order, also by a follower', () => {
    const { cluster } = withLease(60);
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    cluster.ask(follower, put('another', 'v', 7n));
    cluster.run(2000);
    expect(cluster.ask(follower, timeToLive(7n, true))).toMatchObject({
      lease_time_to_live: { ID: 7n, TTL: 58, grantedTTL: 60, keys: ['another', 'leased'] },
    });
    expect(cluster.ask(follower, timeToLive(7n))).toMatchObject({ lease_time_to_live: { keys: [] } });
  });

  it('a missing lease: TimeToLive says -1, KeepAlive 0, Revoke refuses', () => {
    const { cluster, leader } = withLease(60);
    for (const member of [leader, ...cluster.followers()]) {
      expect(cluster.ask(member, timeToLive(99n))).toMatchObject({ lease_time_to_live: { TTL: -1 } });
      expect(cluster.ask(member, keepAlive(99n))).toMatchObject({ lease_keep_alive: { ID: 99n, TTL: 0 } });
      expect(cluster.ask(member, revoke(99n))).toEqual(errors.leaseNotFound);
    }
  });

  it('a grant with ID 0 gets an id from the server, a different one each time', () => {
    const { cluster, leader } = withLease(60);
    const ids = [1, 2, 3].map(() => {
      const answer = cluster.ask(leader, grant(0n, 10));
      return answer.kind === 'lease_grant' ? answer.lease_grant.ID : 0n;
    });
    expect(ids).not.toContain(0n);
    expect(new Set(ids).size).toBe(3);
  });

  it('a put without a lease detaches the key', () => {
    const { cluster, leader } = withLease(3);
    cluster.ask(leader, put('leased', 'stays'));
    cluster.run(6000);
    expect(exists(cluster, leader, 'leased')).toBe(true);
  });

  it('keys of a lease are shown to nobody who may not read them', () => {
    const { cluster, leader } = withLease(60);
    cluster.ask(leader, put('mine', 'v', 7n));
    for (const request of authSetup()) cluster.ask(leader, request);
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    for (const member of [leader, follower]) {
      const answer = cluster.ask(member, login('alice'));
      const alice = answer.kind === 'authenticate' ? answer.authenticate.token : text('none');
      expect(cluster.ask(member, timeToLive(7n, true), alice)).toEqual(errors.permissionDenied);
      expect(cluster.ask(member, timeToLive(7n), alice).kind).toBe('lease_time_to_live');
    }
    cluster.ask(leader, put('leased'), rootToken(cluster, leader));
    const answer = cluster.ask(leader, login('alice'));
    const alice = answer.kind === 'authenticate' ? answer.authenticate.token : text('none');
    expect(cluster.ask(leader, timeToLive(7n, true), alice)).toMatchObject({
      lease_time_to_live: { keys: ['mine'] },
    });
  });
});

function rootToken(cluster: LocalCluster, member: LocalMember): ReturnType<typeof text> {
  const answer = cluster.ask(member, login('root'));
  return answer.kind === 'authenticate' ? answer.authenticate.token : text('none');
}
