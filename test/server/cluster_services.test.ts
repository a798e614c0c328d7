import { describe, expect, it } from 'vitest';
import { fromText } from '../../core/base/bytes.ts';
import { requestId } from '../../core/base/ids.ts';
import { errors } from '../../core/server/api/index.ts';
import { LocalCluster } from './local_cluster.ts';
import { alarms, get, put } from './requests.ts';

const status = { kind: 'status', status: {} } as const;
const list = { kind: 'member_list', member_list: {} } as const;

describe('the version of the cluster', () => {
  it('before all members are known no request is served: not capable', () => {
    const cluster = new LocalCluster();
    for (const member of cluster.members) {
      for (const request of [put('x'), get('x'), get('x', true), status, list]) {
        const id = member.request(request);
        expect(member.answers.get(id)).toEqual(errors.notCapable);
      }
    }
    const leader = cluster.elect();
    expect(cluster.ask(leader, status).kind).toBe('status');
  });

  it('is the oldest there is while a member can not be asked, and rises when all have answered', () => {
    const cluster = new LocalCluster();
    const [, , absent] = cluster.members;
    if (absent === undefined) throw new Error('three members');
    absent.isolated = true;
    const leader = cluster.elect();
    expect(cluster.ask(leader, put('x')).kind).toBe('put');
    const versionOf = (): string | undefined => {
      leader.member.onPeerCall(requestId(9999), leader.config.id, { kind: 'version' });
      const told = cluster.peerAnswers.at(-1);
      return told?.kind === 'version' ? told.cluster : undefined;
    };
    expect(versionOf()).toBe('3.0.0');
    absent.isolated = false;
    cluster.run(12_000);
    expect(versionOf()).toBe('3.4.0');
  });

  it.each([
    ['3.4.31', 'capable'],
    ['3.3.27', 'of the oldest'],
  ])('members of %s beside ours make a cluster that is %s', (server, kind) => {
    const cluster = new LocalCluster();
    cluster.changeAnswer = (answer) => (answer.kind === 'version' ? { ...answer, server } : answer);
    const leader = cluster.elect();
    expect(cluster.ask(leader, put('x')).kind).toBe('put');
    cluster.changeAnswer = (answer) => answer;
    leader.member.onPeerCall(requestId(9999), leader.config.id, { kind: 'version' });
    const cluster_version = kind === 'capable' ? '3.4.0' : '3.0.0';
    expect(cluster.peerAnswers.at(-1)).toMatchObject({ cluster: cluster_version });
  });
});

describe('publishing', () => {
  it('every member tells its name and where clients find it, through the log', () => {
    const cluster = new LocalCluster();
    const leader = cluster.elect();
    cluster.run(1000);
    expect(cluster.ask(leader, list)).toMatchObject({
      member_list: {
        members: [1, 2, 3].map((id) => ({
          ID: BigInt(id),
          name: `n${id}`,
          clientURLs: [fromText(`http://n${id}:2379`)],
        })),
      },
    });
  });

  it('again when the addresses have changed at a start', () => {
    const cluster = new LocalCluster();
    const leader = cluster.elect();
    cluster.run(1000);
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    Object.assign(follower.config, { clientUrls: ['http://moved:1'] });
    cluster.restart(follower);
    cluster.run(9000);
    const answer = cluster.ask(leader, list);
    const found = answer.kind === 'member_list' ? answer.member_list.members : [];
    expect(found.find(({ ID }) => ID === BigInt(follower.number))?.clientURLs).toEqual(['http://moved:1']);
  });
});

describe('the corruption check', () => {
  it('raises CORRUPT for a member whose data differ, and everybody refuses requests', () => {
    const cluster = new LocalCluster(3, { config: { corruptCheckMs: 1000 } });
    const leader = cluster.elect();
    cluster.ask(leader, put('x', 'right'));
    cluster.run(3000);
    expect(cluster.ask(leader, alarms)).toMatchObject({ alarm: { alarms: [] } });
    const [follower] = cluster.followers();
    const txn = follower?.member.store?.write();
    txn?.put(fromText('x'), fromText('wrong'), 0n);
    txn?.end();
    cluster.ask(leader, put('y'));
    cluster.ask(leader, put('z'));
    cluster.run(3000);
    expect(cluster.ask(leader, alarms)).toMatchObject({
      alarm: { alarms: [{ memberID: BigInt(follower?.number ?? 0), alarm: 'CORRUPT' }] },
    });
    for (const member of cluster.members) expect(cluster.ask(member, put('x'))).toEqual(errors.corrupt);
  });

  it('a member that lags, or has compacted further, is no corruption', () => {
    const cluster = new LocalCluster(3, { config: { corruptCheckMs: 1000 } });
    const leader = cluster.elect();
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    follower.stalled = true;
    for (let i = 0; i < 10; i++) cluster.ask(leader, put('x', String(i)));
    cluster.ask(leader, { kind: 'compact', compact: { revision: 5 } });
    cluster.run(5000);
    follower.stalled = false;
    cluster.run(5000);
    expect(cluster.ask(leader, alarms)).toMatchObject({ alarm: { alarms: [] } });
  });
});

describe('a member that stops', () => {
  it('tells everybody who waits that the outcome is open', () => {
    const cluster = new LocalCluster();
    const leader = cluster.elect();
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    follower.stalled = true;
    cluster.filter = () => false;
    const ids = [
      follower.request(put('x')),
      follower.request(get('x')),
      follower.request({ kind: 'lease_keep_alive', lease_keep_alive: { ID: 7n } }),
      follower.request({ kind: 'defragment', defragment: {} }),
    ];
    const stream = follower.openStream();
    leader.paused = true;
    follower.member.stop();
    for (const id of ids) expect(follower.answers.get(id)).toEqual(errors.stopped);
    expect(stream.closed).toBe(errors.stopped.message);
  });
});
