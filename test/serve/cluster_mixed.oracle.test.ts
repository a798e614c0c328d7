import { describe, expect, it } from 'vitest';
import { hasEtcd } from '../etcd_process.ts';
import { type ClusterMember, eventually, reconfigure, withCluster } from './cluster.ts';

/** Behind a snapshot etcd 3.4 keeps so many entries, whatever --snapshot-count says. */
const etcdCatchUpEntries = 5000;

describe.skipIf(!hasEtcd)('a detcd member among members of a real etcd 3.4', () => {
  it(
    'catches up by snapshot, votes, leads, sends a snapshot, and is replaced',
    { timeout: 240_000 },
    async () => {
      const args = ['--snapshot-count=100'];
      await withCluster(['etcd', 'etcd', 'etcd'], { args }, async (cluster) => {
        const [first] = cluster.members as [ClusterMember];
        await cluster.fill(etcdCatchUpEntries + 500, 'before/', first);

        const detcd = await cluster.join('detcd');
        expect(detcd.log).toContain('applied snapshot at index');
        await cluster.agreedHash();

        // Of four members three must vote for a leader and agree on a write: without the detcd member there are two.
        const away = await cluster.leader();
        await away.end();
        const others = cluster.members.filter((member) => member !== away);
        const [other] = others.filter((member) => member !== detcd) as [ClusterMember];
        await eventually('a write', () => Promise.resolve(other.ctl('put', 'with', 'detcd')));
        expect(detcd.ctl('get', '--print-value-only', 'with')).toBe('detcd\n');

        const { id } = await detcd.status();
        await eventually('detcd leads', async () => {
          const leader = await cluster.leader();
          if (leader !== detcd) leader.ctl('move-leader', id);
          return leader === detcd ? true : null;
        });
        // More than the leader keeps in its log: who was away needs its snapshot.
        await cluster.fill(600, 'led/', other);
        cluster.restart(away);
        await away.isReady();
        expect(away.log).toMatch(/received and saved database snapshot|saved database snapshot/);
        expect(detcd.log).toContain('sent database snapshot');
        expect(await cluster.agreedHash()).not.toBe('');

        await reconfigure(other, 'remove', id);
        expect(await detcd.ended()).toBe(1);
        expect(detcd.log).toContain('the member has been permanently removed from the cluster');
        cluster.forget(detcd);
        const successor = await cluster.join('detcd');
        await cluster.fill(50, 'after/', successor);
        await cluster.agreedHash();
        expect(other.ctl('get', '--prefix', '--keys-only', '--limit=1', 'after/')).toContain('after/0');
      });
    },
  );
});
