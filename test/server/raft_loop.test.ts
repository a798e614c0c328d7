import { describe, expect, it } from 'vitest';
import { nodeId } from '../../core/base/ids.ts';
import { MessageType } from '../../core/raft/index.ts';
import type { FailpointSite } from '../../core/server/failpoints.ts';
import { SnapshotOutbox } from '../../core/server/storage/snapshot_outbox.ts';
import { LocalCluster } from './local_cluster.ts';
import type { LocalMember } from './local_member.ts';
import { put, removeMember } from './requests.ts';

/** The places that each member passes, in their order. */
function traced(members: number): {
  cluster: LocalCluster;
  leader: LocalMember;
  passed: Map<number, FailpointSite[]>;
} {
  const cluster = new LocalCluster(members, { config: { snapshotCount: 10, catchUpEntries: 2 } });
  const passed = new Map<number, FailpointSite[]>();
  for (const member of cluster.members) {
    const sites: FailpointSite[] = [];
    passed.set(member.number, sites);
    Object.assign(member.config, { failpoint: (site: FailpointSite) => void sites.push(site) });
    cluster.restart(member);
  }
  return { cluster, leader: cluster.elect(), passed };
}

const only = (
  sites: readonly FailpointSite[] | undefined,
  wanted: readonly FailpointSite[],
): FailpointSite[] => (sites ?? []).filter((site) => wanted.includes(site));

describe('the loop around raft', () => {
  it('apply starts before its Ready is saved: what is committed a quorum has saved before', () => {
    const { cluster, leader, passed } = traced(1);
    cluster.run(1000);
    const sites = passed.get(leader.number) as FailpointSite[];
    leader.stalled = true;
    leader.request(put('a'));
    leader.request(put('b'));
    sites.length = 0;
    leader.stalled = false;
    leader.completeSync();
    // The Ready that says that a is committed has b to be saved.
    expect(only(sites, ['beforeApplyOneEntryNormal', 'raftBeforeSave'])).toEqual([
      'beforeApplyOneEntryNormal',
      'raftBeforeSave',
    ]);
  });

  it('what a follower hears of as new and as committed at once is applied after its sync', () => {
    const { cluster, leader, passed } = traced(3);
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    cluster.run(500);
    follower.stalled = true;
    // The other two commit both while the first is being synced here.
    for (const key of ['a', 'b']) {
      leader.request(put(key));
      cluster.settle();
    }
    const sites = passed.get(follower.number) as FailpointSite[];
    sites.length = 0;
    follower.stalled = false;
    cluster.settle();
    const wanted = ['beforeApplyOneEntryNormal', 'walBeforeSync', 'walAfterSync'] as const;
    expect(only(sites, wanted)).toEqual([
      'walAfterSync',
      'beforeApplyOneEntryNormal',
      'walBeforeSync',
      'walAfterSync',
      'beforeApplyOneEntryNormal',
    ]);
  });

  it('a leader sends before it saves, a follower after its sync', () => {
    const { cluster, leader, passed } = traced(3);
    const [follower] = cluster.followers();
    cluster.run(500);
    for (const sites of passed.values()) sites.length = 0;
    cluster.ask(leader, put('x'));
    const wanted = [
      'raftBeforeLeaderSend',
      'raftBeforeSave',
      'walAfterSync',
      'raftBeforeFollowerSend',
    ] as const;
    expect(only(passed.get(leader.number), wanted).slice(0, 3)).toEqual([
      'raftBeforeLeaderSend',
      'raftBeforeSave',
      'walAfterSync',
    ]);
    expect(only(passed.get(follower?.number ?? 0), wanted).slice(0, 3)).toEqual([
      'raftBeforeSave',
      'walAfterSync',
      'raftBeforeFollowerSend',
    ]);
  });

  it('of the MsgAppResps of one batch only the last is sent', () => {
    const { cluster, leader } = traced(3);
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    cluster.run(500);
    follower.stalled = true;
    // The first is in work; the others are answered together.
    for (let i = 0; i < 5; i++) {
      leader.request(put(`k${i}`));
      cluster.settle();
    }
    cluster.sent.length = 0;
    follower.stalled = false;
    cluster.settle();
    const answers = cluster.sent.filter(
      ({ type, from }) => type === MessageType.appResp && from === follower.number,
    );
    expect(answers).toHaveLength(2);
  });

  it('messages to removed members are dropped', () => {
    const cluster = new LocalCluster();
    const leader = cluster.elect();
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    cluster.run(6000);
    follower.isolated = true;
    cluster.run(6000);
    expect(cluster.ask(leader, removeMember(follower.number)).kind).toBe('member_remove');
    cluster.sent.length = 0;
    cluster.run(3000);
    const toIt = cluster.sent.filter(({ to, from }) => to === follower.number && from !== follower.number);
    expect(toIt).toEqual([]);
  });
});

describe('a snapshot', () => {
  it('that is taken: the backend is committed, then the file is there, then the log has its record', () => {
    const { cluster, leader, passed } = traced(1);
    const sites = passed.get(leader.number) as FailpointSite[];
    cluster.run(1000);
    sites.length = 0;
    for (let i = 0; i < 15; i++) cluster.ask(leader, put('x', String(i)));
    const wanted = [
      'beforeCommit',
      'afterCommit',
      'raftBeforeSaveSnap',
      'raftAfterSaveSnap',
      'raftBeforeWALSaveSnapshot',
    ] as const;
    const found = only(sites, wanted);
    expect(found.slice(0, 5)).toEqual(wanted);
  });

  it('that is received: file, log, sync, then it becomes the state, then the log is released', () => {
    const { cluster, leader, passed } = traced(3);
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    follower.isolated = true;
    for (let i = 0; i < 40; i++) cluster.ask(leader, put('x', String(i)));
    const sites = passed.get(follower.number) as FailpointSite[];
    sites.length = 0;
    cluster.sent.length = 0;
    follower.isolated = false;
    cluster.run(2000);
    expect(sites).toContain('applyAfterOpenSnapshot');
    const from = sites.indexOf('raftBeforeSaveSnap');
    const loop = sites.slice(from).filter((site) => /^raft|^wal|Snapshot$/.test(site));
    expect(loop.slice(0, 10)).toEqual([
      'raftBeforeSaveSnap',
      'raftAfterSaveSnap',
      'raftBeforeWALSaveSnapshot',
      'raftBeforeSave',
      'walBeforeSync',
      'walAfterSync',
      'raftAfterSave',
      'raftBeforeApplySnap',
      'applyBeforeOpenSnapshot',
      'applyAfterOpenSnapshot',
    ]);
    expect(loop.slice(10, 12)).toEqual(['raftAfterApplySnap', 'raftAfterWALRelease']);
  });

  it('that is sent has the state of now, merged with the message, and the log is not compacted meanwhile', () => {
    const { cluster, leader } = traced(3);
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    follower.isolated = true;
    for (let i = 0; i < 40; i++) cluster.ask(leader, put('x', String(i)));
    cluster.sent.length = 0;
    follower.isolated = false;
    const applied = leader.member.appliedIndex;
    cluster.run(2000);
    const sent = cluster.sent.find(({ type }) => type === MessageType.snap);
    expect(sent).toMatchObject({ snapshot: { metadata: { index: applied } } });
    const outbox = new SnapshotOutbox();
    outbox.begin(nodeId(2));
    expect(outbox.isQuiet(1e15)).toBe(false);
    outbox.end(nodeId(2), true, 1e15);
    expect(outbox.isQuiet(1e15)).toBe(false);
    expect(outbox.isQuiet(2e15)).toBe(true);
  });
});
