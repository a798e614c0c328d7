import { describe, expect, it } from 'vitest';
import { nodeId } from '../../core/base/ids.ts';
import { MessageType } from '../../core/raft/index.ts';
import { LocalCluster } from '../server/local_cluster.ts';
import { put } from '../server/requests.ts';

/** Appends with entries that a leader sends to a follower who takes none, while it gets three requests. */
function appendsSent(reportsLoss: boolean): number {
  const cluster = new LocalCluster();
  const leader = cluster.elect();
  const away = cluster.members.find((member) => member !== leader) ?? leader;
  cluster.filter = ({ to }) => to !== away.number;
  leader.request(put('first'));
  cluster.settle();
  if (reportsLoss) leader.member.onPeerAnswer(-1, { kind: 'unreachable', member: nodeId(away.number) });
  const before = cluster.sent.length;
  for (const key of ['a', 'b', 'c']) {
    leader.request(put(key));
    cluster.settle();
  }
  const appends = cluster.sent
    .slice(before)
    .filter(({ to, type }) => to === away.number && type === MessageType.app);
  return appends.length;
}

describe('a leader that hears of a lost message', () => {
  it('asks where the follower is, and sends nothing more until it hears', () => {
    // Each of the three is sent as it comes, and its commit index may be told by more.
    expect(appendsSent(false)).toBeGreaterThanOrEqual(3);
    expect(appendsSent(true)).toBe(1);
  });
});
