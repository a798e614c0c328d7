import { describe, expect, it } from 'vitest';
import { fromText } from '../../core/base/bytes.ts';
import { requestBytesMax, requestTimeoutMs, unappliedEntriesMax } from '../../core/limits.ts';
import { type Message, MessageType } from '../../core/raft/index.ts';
import { errors } from '../../core/server/api/index.ts';
import { LocalCluster } from './local_cluster.ts';
import { get, put } from './requests.ts';

describe('admission', () => {
  it('above 5,000 committed and unapplied entries a proposal is refused: too many requests', () => {
    const cluster = new LocalCluster();
    const leader = cluster.elect();
    leader.stalled = true;
    // The first is in work and waits for the leader's disk; all others follow in one Ready.
    leader.request(put('first'));
    const ids = Array.from({ length: unappliedEntriesMax + 2 }, (_, i) => leader.request(put(`k${i % 9}`)));
    cluster.settle();
    // One sync more: the next Ready is sent, others commit it, and the leader can't apply it before its own disk.
    leader.stalled = false;
    leader.completeSync();
    leader.stalled = true;
    cluster.run(200);
    expect(leader.member.commitIndex - leader.member.appliedIndex).toBeGreaterThan(unappliedEntriesMax);
    expect(cluster.ask(leader, put('late'))).toEqual(errors.tooManyRequests);
    // Reading is no proposal.
    expect(cluster.ask(leader, get('first', true)).kind).toBe('range');
    leader.stalled = false;
    cluster.run(200);
    expect(leader.answers.get(ids[0] ?? (0 as never))?.kind).toBe('put');
    expect(cluster.ask(leader, put('late')).kind).toBe('put');
  });

  it('a marshalled request above 1.5 MiB is refused: request is too large', () => {
    const cluster = new LocalCluster(1);
    const leader = cluster.elect();
    expect(cluster.ask(leader, put('x', 'v'.repeat(requestBytesMax)))).toEqual(errors.requestTooLarge);
    expect(cluster.ask(leader, put('x', 'v'.repeat(requestBytesMax - 100))).kind).toBe('put');
  });

  it('a request times out after 5 s and two elections: request timed out', () => {
    const cluster = new LocalCluster();
    const leader = cluster.elect();
    const [first, second] = cluster.followers();
    if (first === undefined || second === undefined) throw new Error('three members');
    // Followers answer heartbeats, but can't store anything.
    first.stalled = true;
    second.stalled = true;
    const id = leader.request(put('x'));
    cluster.run(requestTimeoutMs - 200);
    expect(leader.answers.has(id)).toBe(false);
    cluster.run(400);
    expect(leader.answers.get(id)).toEqual(errors.timeout);
  });

  it('the cause of a timeout: the previous leader failed', () => {
    const cluster = new LocalCluster();
    const leader = cluster.elect();
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    // What it forwards gets lost, then its leader fails.
    cluster.filter = ({ type, from }) => !(type === MessageType.prop && from === follower.number);
    const id = follower.request(put('x'));
    cluster.settle();
    cluster.crash(leader);
    cluster.run(requestTimeoutMs + 200);
    expect(cluster.leader()).not.toBeNull();
    expect(follower.answers.get(id)).toEqual(errors.timeoutLeaderFailure);
  });

  it('the cause of a timeout: the connection to the leader was lost', () => {
    const cluster = new LocalCluster();
    cluster.elect();
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    cluster.filter = ({ type, from }) => !(type === MessageType.prop && from === follower.number);
    cluster.run(6000);
    const id = follower.request(put('x'));
    cluster.settle();
    follower.isolated = true;
    cluster.run(4000);
    follower.isolated = false;
    cluster.run(requestTimeoutMs - 3900);
    expect(follower.answers.get(id)).toEqual(errors.timeoutConnectionLost);
  });
});

function readIndexContexts(cluster: LocalCluster, from: number): string[] {
  const asked = cluster.sent.filter((message): message is Extract<Message, { type: 'MsgReadIndex' }> => {
    return message.type === MessageType.readIndex && message.from === from;
  });
  return asked.map((message) => JSON.stringify(message));
}

describe('linearizable reads', () => {
  it('one ReadIndex answers all reads that wait: they are batched', () => {
    const cluster = new LocalCluster();
    cluster.elect();
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    cluster.sent.length = 0;
    // The first asks at once; the nine that come meanwhile share the next question.
    const ids = Array.from({ length: 10 }, () => follower.request(get('x')));
    cluster.settle();
    for (const id of ids) expect(follower.answers.get(id)?.kind).toBe('range');
    expect(readIndexContexts(cluster, follower.number)).toHaveLength(2);
  });

  it('the context of a ReadIndex is unique per member and question', () => {
    const cluster = new LocalCluster();
    cluster.elect();
    cluster.sent.length = 0;
    for (const follower of cluster.followers()) {
      for (let i = 0; i < 5; i++) cluster.ask(follower, get('x'));
    }
    const asked = cluster.sent.filter(({ type }) => type === MessageType.readIndex);
    const contexts = asked.map((message) => JSON.stringify({ ...message, from: 0, to: 0 }));
    expect(contexts).toHaveLength(10);
    expect(new Set(contexts).size).toBe(10);
  });

  it('a ReadIndex that got lost is asked again after 500 ms, with the same context', () => {
    const cluster = new LocalCluster();
    cluster.elect();
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    cluster.sent.length = 0;
    let losing = true;
    cluster.filter = ({ type }) => !losing || type !== MessageType.readIndex;
    const id = follower.request(get('x'));
    cluster.run(400);
    expect(readIndexContexts(cluster, follower.number)).toHaveLength(1);
    losing = false;
    cluster.run(300);
    const asked = readIndexContexts(cluster, follower.number);
    expect(asked).toHaveLength(2);
    expect(asked[0]).toBe(asked[1]);
    expect(follower.answers.get(id)?.kind).toBe('range');
  });

  it('a read whose leader changes meanwhile fails: leader changed', () => {
    const cluster = new LocalCluster();
    const leader = cluster.elect();
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    cluster.filter = ({ type }) => type !== MessageType.readIndex;
    const id = follower.request(get('x'));
    cluster.crash(leader);
    cluster.run(6000, () => follower.answers.has(id));
    expect(follower.answers.get(id)).toEqual(errors.leaderChanged);
  });

  it('a read waits until what was committed when it was asked is applied here', () => {
    const cluster = new LocalCluster();
    const leader = cluster.elect();
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    follower.stalled = true;
    cluster.ask(leader, put('x', 'new'));
    const id = follower.request(get('x'));
    cluster.run(600);
    expect(follower.answers.has(id)).toBe(false);
    follower.stalled = false;
    cluster.run(200);
    expect(follower.answers.get(id)).toMatchObject({ range: { kvs: [{ value: 'new' }] } });
  });

  it('a leader that has not committed in its own term queues reads', () => {
    const cluster = new LocalCluster();
    const first = cluster.elect();
    cluster.ask(first, put('x', 'old'));
    cluster.crash(first);
    const [second, third] = cluster.followers().filter(({ up }) => up);
    if (second === undefined || third === undefined) throw new Error('three members');
    // They vote, but nothing of the new term can be stored by the other.
    cluster.filter = ({ type }) => type !== MessageType.app;
    cluster.run(8000, () =>
      [second, third].some(({ member }) => member.role === 'leader' && member.term > 1),
    );
    const leader = [second, third].find(({ member }) => member.role === 'leader');
    if (leader === undefined) throw new Error('nobody leads');
    const id = leader.request(get('x'));
    cluster.run(300);
    expect(leader.answers.has(id)).toBe(false);
    cluster.filter = () => true;
    cluster.run(1500, () => leader.answers.has(id));
    expect(leader.answers.get(id)).toMatchObject({ range: { kvs: [{ value: 'old' }] } });
  });

  it('a deposed leader answers no linearizable read, and a serializable one from its old state', () => {
    const cluster = new LocalCluster();
    const old = cluster.elect();
    cluster.ask(old, put('x', 'old'));
    old.isolated = true;
    const read = old.request(get('x'));
    const fresh = cluster.elect(old.number);
    cluster.ask(fresh, put('x', 'new'));
    expect(old.answers.get(read)?.kind).not.toBe('range');
    expect(cluster.ask(old, get('x', true))).toMatchObject({ range: { kvs: [{ value: fromText('old') }] } });
  });
});
