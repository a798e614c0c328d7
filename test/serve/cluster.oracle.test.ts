import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { etcdctl, hasEtcd } from '../etcd_process.ts';
import { type ClusterMember, eventually, reconfigure, withCluster } from './cluster.ts';

describe.skipIf(!hasEtcd)('a cluster of detcd members', () => {
  it('serves etcdctl through each member, leases and learners included', async () => {
    await withCluster(['detcd', 'detcd', 'detcd'], {}, async (cluster) => {
      const [first, second, third] = cluster.members as [ClusterMember, ClusterMember, ClusterMember];
      for (const member of cluster.members) expect(member.ctl('put', member.name, 'here')).toBe('OK\n');
      for (const member of cluster.members) {
        expect(member.ctl('get', '--prefix', '--keys-only', 'm').trim().split(/\s+/)).toEqual([
          'm1',
          'm2',
          'm3',
        ]);
      }
      // Whoever leads, two of the three have to ask it.
      const lease = (/lease (\S+)/.exec(first.ctl('lease', 'grant', '100')) ?? [])[1] as string;
      second.ctl('put', `--lease=${lease}`, 'leased', 'x');
      for (const member of cluster.members) {
        expect(member.ctl('lease', 'keep-alive', '--once', lease)).toContain('TTL(100)');
        expect(member.ctl('lease', 'timetolive', '--keys', lease)).toContain('attached keys([leased])');
        expect(() => member.ctl('lease', 'keep-alive', '--once', '1234')).toThrow(
          'requested lease not found',
        );
        expect(member.ctl('lease', 'timetolive', '1234')).toContain('already expired');
      }
      const members = cluster.members.map(({ url }) => url).join(',');
      expect(etcdctl(`--endpoints=${members}`, 'endpoint', 'health', '--cluster')).not.toContain('unhealthy');

      const learner = await cluster.plan('detcd');
      await reconfigure(first, 'add', 'learner', '--learner', `--peer-urls=${learner.peerUrl}`);
      learner.start(cluster.initialCluster, 'existing');
      await eventually(
        'the learner knows itself',
        async () => (await learner.status()).leader !== '0' || null,
      );
      const { id } = await learner.status();
      const follower = (await cluster.leader()) === third ? second : third;
      expect(() => follower.ctl('member', 'promote', '1234')).toThrow('member not found');
      await reconfigure(follower, 'promote', id);
      await learner.isReady();
      expect(() => follower.ctl('member', 'promote', id)).toThrow('can only promote a learner member');
      expect(learner.ctl('put', 'promoted', 'yes')).toBe('OK\n');
      await cluster.agreedHash();

      first.signal('SIGTERM');
      expect(await first.ended()).toBe(0);
      expect(first.log).not.toContain('    at ');
      await eventually('a write of the others', () => Promise.resolve(second.ctl('put', 'without', 'first')));
      cluster.restart(first);
      await first.isReady();
      await cluster.agreedHash();
    });
  });

  it('tells who can not join why, in etcd’s words', async () => {
    await withCluster(['detcd'], {}, async (cluster) => {
      const [only] = cluster.members as [ClusterMember];
      const attempt = async (initial: string, state: 'new' | 'existing', member: ClusterMember) => {
        member.start(initial, state);
        expect(await member.ended()).toBe(2);
        return member.log;
      };
      const stranger = await cluster.plan('detcd');
      const initial = cluster.initialCluster;
      expect(await attempt(initial, 'existing', stranger)).toContain(
        'error validating peerURLs: member count is unequal',
      );
      only.ctl('member', 'add', 'm2', '--peer-urls=http://127.0.0.1:1');
      expect(await attempt(initial, 'existing', stranger)).toContain(
        'error validating peerURLs: unmatched member while checking PeerURLs',
      );
      const nowhere = `${stranger.name}=${stranger.peerUrl},m9=http://127.0.0.1:1`;
      expect(await attempt(nowhere, 'existing', stranger)).toContain(
        'cannot fetch cluster info from peer urls',
      );
    });
  });

  it('refuses a member that served before and has lost its data, and one of another cluster', async () => {
    await withCluster(['detcd', 'detcd', 'detcd'], {}, async (cluster) => {
      const [, , third] = cluster.members as [ClusterMember, ClusterMember, ClusterMember];
      await third.end();
      execFileSync('rm', ['-rf', third.directory]);
      third.start(cluster.initialCluster, 'new');
      expect(await third.ended()).toBe(2);
      expect(third.log).toMatch(/member [0-9a-f]+ has already been bootstrapped/);
      cluster.forget(third);
      const stranger = await cluster.plan('detcd', ['--initial-cluster-token=another']);
      stranger.start(cluster.initialCluster, 'new');
      await eventually('refused', () =>
        Promise.resolve(stranger.log.includes('cluster ID mismatch') || null),
      );
    });
  });
});
