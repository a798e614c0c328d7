import { describe, expect, it } from 'vitest';
import { MessageType } from '../../core/raft/index.ts';
import { type ClientResponse, errors } from '../../core/server/api/index.ts';
import { LocalCluster } from './local_cluster.ts';
import type { LocalMember } from './local_member.ts';
import { addMember, alarms, get, moveLeader, promoteMember, put, removeMember, text } from './requests.ts';

/** Members that have been connected for as long as the strict rules ask. */
function settled(members = 3): { cluster: LocalCluster; leader: LocalMember } {
  const cluster = new LocalCluster(members);
  const leader = cluster.elect();
  cluster.run(6000);
  return { cluster, leader };
}

function memberIds(answer: ClientResponse): readonly number[] {
  if (answer.kind !== 'member_list') throw new Error(JSON.stringify(answer));
  return answer.member_list.members.map(({ ID }) => Number(ID)).sort((a, b) => a - b);
}

const list = { kind: 'member_list', member_list: {} } as const;
const refusal = (answer: ClientResponse): string => (answer.kind === 'error' ? answer.message : answer.kind);

describe('adding members', () => {
  it('a new member learns everything from the others, tells its name, and votes', () => {
    const { cluster, leader } = settled();
    cluster.ask(leader, put('x', 'old'));
    expect(cluster.ask(leader, addMember(4))).toMatchObject({
      member_add: { member: { ID: 4n, name: '', isLearner: false }, members: [{}, {}, {}, {}] },
    });
    const added = cluster.join(4);
    cluster.run(3000);
    expect(cluster.ask(added, get('x'))).toMatchObject({ range: { kvs: [{ value: 'old' }] } });
    const answer = cluster.ask(added, list);
    expect(memberIds(answer)).toEqual([1, 2, 3, 4]);
    expect(answer).toMatchObject({
      member_list: { members: [{}, {}, {}, { name: 'n4', clientURLs: ['http://n4:2379'] }] },
    });
    expect(leader.member.term).toBe(added.member.term);
  });

  it('can be asked of a follower: followers know whether they reach each other', () => {
    const { cluster } = settled();
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    expect(refusal(cluster.ask(follower, addMember(4)))).toBe('member_add');
  });

  it('an unhealthy cluster takes no new member: one has not been connected for 5 s', () => {
    const { cluster, leader } = settled();
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    follower.isolated = true;
    cluster.run(4000);
    expect(cluster.ask(leader, addMember(4))).toEqual(errors.unhealthy);
    follower.isolated = false;
    cluster.run(3000);
    expect(cluster.ask(leader, addMember(4, true))).toEqual(errors.unhealthy);
    cluster.run(4000);
    expect(refusal(cluster.ask(leader, addMember(4, true)))).toBe('member_add');
    // A learner that is not there yet makes nobody unhealthy.
    cluster.run(6000);
    expect(refusal(cluster.ask(leader, addMember(5)))).toBe('member_add');
  });

  it('not more members may be missing than a quorum can spare: not enough started', () => {
    const { cluster, leader } = settled();
    cluster.ask(leader, addMember(4));
    cluster.run(500);
    // Three of four have started; with a fifth, three of five: a quorum. A sixth would be too much.
    const answers = [5, 6].map((id) => refusal(cluster.ask(leader, addMember(id))));
    expect(answers[0]).toBe(errors.unhealthy.message);
    cluster.join(4);
    cluster.run(7000);
    expect(refusal(cluster.ask(leader, addMember(5)))).toBe('member_add');
  });

  it('growing a cluster of one is allowed, though the second has not started', () => {
    const { cluster, leader } = settled(1);
    expect(refusal(cluster.ask(leader, addMember(2)))).toBe('member_add');
    expect(cluster.ask(leader, addMember(3))).toEqual(errors.memberNotEnoughStarted);
    cluster.join(2);
    cluster.run(3000);
    expect(refusal(cluster.ask(leader, put('x')))).toBe('put');
  });

  it('refuses an address that another has, and an id that exists', () => {
    const { cluster, leader } = settled();
    expect(cluster.ask(leader, addMember(2))).toEqual(errors.memberExists);
    const peerURLs = [text('http://a:1'), text('http://n2:2380')];
    expect(cluster.ask(leader, { kind: 'member_add', member_add: { peerURLs } })).toEqual(
      errors.peerUrlExists,
    );
  });
});

describe('learners', () => {
  it('at most one learner at a time', () => {
    const { cluster, leader } = settled();
    expect(refusal(cluster.ask(leader, addMember(4, true)))).toBe('member_add');
    expect(cluster.ask(leader, addMember(5, true))).toEqual(errors.tooManyLearners);
  });

  it("is promoted when it has 90 % of the leader's log, not before", () => {
    const { cluster, leader } = settled();
    for (let i = 0; i < 50; i++) cluster.ask(leader, put('x', String(i)));
    cluster.ask(leader, addMember(4, true));
    expect(cluster.ask(leader, promoteMember(4))).toEqual(errors.learnerNotReady);
    cluster.join(4);
    cluster.run(2000);
    expect(cluster.ask(leader, promoteMember(4))).toMatchObject({
      member_promote: { members: [{}, {}, {}, { ID: 4n, isLearner: false }] },
    });
    expect(cluster.ask(leader, promoteMember(4))).toEqual(errors.memberNotLearner);
    expect(cluster.ask(leader, promoteMember(99))).toEqual(errors.memberNotFound);
  });

  it('a follower passes a promotion on, and answers when it is done', () => {
    const { cluster, leader } = settled();
    cluster.ask(leader, addMember(4, true));
    const learner = cluster.join(4);
    cluster.run(2000);
    const [follower] = cluster.followers().filter((member) => member !== learner);
    if (follower === undefined) throw new Error('three members');
    // Nothing is committed meanwhile.
    cluster.filter = ({ type }) => type !== MessageType.appResp;
    const id = follower.request(promoteMember(4));
    cluster.run(300);
    expect(follower.answers.has(id)).toBe(false);
    cluster.filter = () => true;
    cluster.run(2000);
    expect(follower.answers.get(id)).toMatchObject({
      member_promote: {
        header: { member_id: BigInt(follower.number) },
        members: [{}, {}, {}, { ID: 4n, isLearner: false }],
      },
    });
    expect(cluster.ask(follower, promoteMember(1))).toEqual(errors.memberNotLearner);
  });

  it('a promoted learner is a voter still after its restart', () => {
    const cluster = new LocalCluster(3, { config: { snapshotCount: 20, catchUpEntries: 5 } });
    const leader = cluster.elect();
    cluster.run(6000);
    cluster.ask(leader, addMember(4, true));
    const learner = cluster.join(4);
    cluster.run(2000);
    cluster.ask(leader, promoteMember(4));
    for (let i = 0; i < 60; i++) cluster.ask(leader, put('x', String(i)));
    cluster.run(1000);
    for (const member of cluster.members) {
      cluster.restart(member);
      cluster.run(3000);
    }
    const answer = cluster.ask(learner, list);
    expect(answer).toMatchObject({ member_list: { members: [{}, {}, {}, { ID: 4n, isLearner: false }] } });
  });

  it('answers serializable reads and its status only', () => {
    const { cluster, leader } = settled();
    cluster.ask(leader, addMember(4, true));
    const learner = cluster.join(4);
    cluster.run(2000);
    expect(cluster.ask(learner, put('x'))).toEqual(errors.notSupportedForLearner);
    expect(cluster.ask(learner, get('x'))).toEqual(errors.notSupportedForLearner);
    expect(cluster.ask(learner, get('x', true)).kind).toBe('range');
    expect(cluster.ask(learner, { kind: 'status', status: {} })).toMatchObject({
      status: { isLearner: true },
    });
  });
});

describe('removing members', () => {
  it('a removed member stops, and its id never comes back', () => {
    const { cluster, leader } = settled();
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    expect(refusal(cluster.ask(leader, removeMember(follower.number)))).toBe('member_remove');
    cluster.run(3000);
    expect(follower.failures).toEqual(['the member has been permanently removed from the cluster']);
    expect(cluster.ask(leader, addMember(follower.number))).toEqual(errors.memberNotFound);
    expect(cluster.ask(leader, removeMember(follower.number))).toEqual(errors.memberNotFound);
    cluster.ask(leader, put('x'));
  });

  it('one that was cut off when it was removed is told so by the first that it reaches', () => {
    const { cluster, leader } = settled();
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    follower.isolated = true;
    cluster.run(6000);
    expect(refusal(cluster.ask(leader, removeMember(follower.number)))).toBe('member_remove');
    cluster.run(2000);
    const { term } = leader.member;
    follower.isolated = false;
    cluster.run(5000);
    expect(follower.failures).toEqual(['the member has been permanently removed from the cluster']);
    // And it disturbs nobody meanwhile.
    expect(leader.member.term).toBe(term);
  });

  it('the leader can be removed, and another takes over', () => {
    const { cluster, leader } = settled();
    expect(refusal(cluster.ask(leader, removeMember(leader.number)))).toBe('member_remove');
    cluster.run(1500);
    expect(leader.failures).toHaveLength(1);
    const next = cluster.elect(leader.number);
    expect(memberIds(cluster.ask(next, list))).not.toContain(leader.number);
    expect(refusal(cluster.ask(next, put('x')))).toBe('put');
  });

  it('no removal that would leave the active members without a quorum: unhealthy', () => {
    const { cluster, leader } = settled();
    const [down, alive] = cluster.followers();
    if (down === undefined || alive === undefined) throw new Error('three members');
    cluster.crash(down);
    cluster.run(6000);
    expect(cluster.ask(leader, removeMember(alive.number))).toEqual(errors.unhealthy);
    // Who is down is no part of the quorum.
    expect(refusal(cluster.ask(leader, removeMember(down.number)))).toBe('member_remove');
  });

  it('no removal that leaves too few that have started, and never the last', () => {
    const { cluster, leader } = settled(1);
    expect(cluster.ask(leader, removeMember(1))).toEqual(errors.memberNotEnoughStarted);
    cluster.ask(leader, addMember(2));
    // n1 alone has started: without it n2 would be alone.
    expect(cluster.ask(leader, removeMember(1))).toEqual(errors.memberNotEnoughStarted);
  });

  it('without the strict rules all of this goes', () => {
    const cluster = new LocalCluster(3, { config: { strictReconfiguration: false } });
    const leader = cluster.elect();
    const [down, alive] = cluster.followers();
    if (down === undefined || alive === undefined) throw new Error('three members');
    expect(refusal(cluster.ask(leader, addMember(4)))).toBe('member_add');
    expect(refusal(cluster.ask(leader, removeMember(4)))).toBe('member_remove');
  });
});

describe('messages that are not for this member', () => {
  it('are not processed: a replaced member at the same address', () => {
    const { cluster, leader } = settled();
    const [follower, other] = cluster.followers();
    if (follower === undefined || other === undefined) throw new Error('three members');
    const heartbeat = cluster.sent.find(
      ({ type, to }) => type === MessageType.heartbeat && to === other.number,
    );
    if (heartbeat === undefined) throw new Error('there are heartbeats');
    const before = cluster.sent.length;
    follower.member.onMessage({ ...heartbeat, term: leader.member.term + 5 } as typeof heartbeat);
    cluster.settle();
    expect(follower.member.term).toBe(leader.member.term);
    expect(cluster.sent.length).toBe(before);
  });

  it('of a removed member are not processed', () => {
    const { cluster, leader } = settled();
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    const old = cluster.sent.find(
      ({ type, from }) => type === MessageType.heartbeatResp && from === follower.number,
    );
    if (old === undefined) throw new Error('there are heartbeats');
    cluster.ask(leader, removeMember(follower.number));
    cluster.run(3000);
    leader.member.onMessage({ ...old, term: leader.member.term + 5 } as typeof old);
    expect(leader.member.role).toBe('leader');
  });
});

describe('moving the leadership', () => {
  it('to a voter: the answer comes when it leads', () => {
    const { cluster, leader } = settled();
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    expect(cluster.ask(leader, moveLeader(follower.number)).kind).toBe('move_leader');
    expect(follower.member.role).toBe('leader');
  });

  it('not by a follower, nor to a stranger or a learner', () => {
    const { cluster, leader } = settled();
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    expect(cluster.ask(follower, moveLeader(leader.number))).toEqual(errors.notLeader);
    expect(cluster.ask(leader, moveLeader(77))).toEqual(errors.badLeaderTransferee);
    cluster.ask(leader, addMember(4, true));
    cluster.join(4);
    cluster.run(1000);
    expect(cluster.ask(leader, moveLeader(4))).toEqual(errors.badLeaderTransferee);
  });

  it('takes no longer than an election: leader transfer took too long', () => {
    const { cluster, leader } = settled();
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    follower.isolated = true;
    cluster.filter = ({ type }) => type !== MessageType.timeoutNow;
    expect(cluster.ask(leader, moveLeader(follower.number))).toEqual(errors.timeoutLeaderTransfer);
    expect(cluster.leader()).toBe(leader);
    follower.isolated = false;
    expect(refusal(cluster.ask(leader, put('x')))).toBe('put');
    expect(cluster.ask(leader, alarms).kind).toBe('alarm');
  });
});
