import { describe, expect, it } from 'vitest';
import { watchChannelSlots } from '../../core/limits.ts';
import { MessageType } from '../../core/raft/index.ts';
import { type ClientRequest, errors } from '../../core/server/api/index.ts';
import { LocalCluster } from './local_cluster.ts';
import type { LocalMember, Stream } from './local_member.ts';
import { addMember, authSetup, login, put, text, watchKey } from './requests.ts';

const compact = (revision: number): ClientRequest => ({ kind: 'compact', compact: { revision } });

function watch(member: LocalMember, key: string, start?: number, window = 1000): Stream {
  const stream = member.openStream(window);
  member.member.onWatchRequest(stream.id, watchKey(key, start));
  return stream;
}

/** Revisions of all events, in the order in which they came. */
function revisions({ responses }: Stream): number[] {
  return responses.flatMap(({ events }) => events.map(({ kv }) => kv.mod_revision));
}

describe('a watch at a member', () => {
  it('its first answer is Created with the revision of now, and events come after it', () => {
    const cluster = new LocalCluster();
    const leader = cluster.elect();
    cluster.ask(leader, put('x', '1'));
    cluster.ask(leader, put('x', '2'));
    const stream = watch(leader, 'x', 2);
    cluster.run(300);
    const [created, ...rest] = stream.responses;
    expect(created).toMatchObject({
      created: true,
      events: [],
      header: { revision: 3, member_id: BigInt(leader.number) },
    });
    expect(rest.every(({ created: again }) => !again)).toBe(true);
    expect(revisions(stream)).toEqual([2, 3]);
  });

  it('permission is checked when the watcher is made: refused with id -1, and later changes do not end it', () => {
    const cluster = new LocalCluster(1);
    const leader = cluster.elect();
    for (const request of authSetup()) cluster.ask(leader, request);
    const token = (name: string): ReturnType<typeof text> => {
      const answer = cluster.ask(leader, login(name));
      return answer.kind === 'authenticate' ? answer.authenticate.token : text('none');
    };
    const stream = leader.openStream(100, token('alice'));
    leader.member.onWatchRequest(stream.id, watchKey('forbidden'));
    leader.member.onWatchRequest(stream.id, watchKey('mine'));
    expect(stream.responses).toMatchObject([
      {
        watch_id: -1,
        created: true,
        canceled: true,
        cancel_reason: expect.stringContaining(errors.permissionDenied.message),
      },
      { created: true, canceled: false },
    ]);
    const root = token('root');
    const name = text('alice');
    cluster.ask(leader, { kind: 'user_revoke_role', user_revoke_role: { name, role: text('reader') } }, root);
    cluster.ask(leader, put('mine'), root);
    expect(revisions(stream)).toEqual([2]);
  });

  it('a client that takes nothing makes its watchers victims, and nothing is lost when it goes on', () => {
    const cluster = new LocalCluster(1);
    const leader = cluster.elect();
    const stream = watch(leader, 'x', undefined, 1);
    const writes = 3 * watchChannelSlots;
    for (let i = 0; i < writes; i++) cluster.ask(leader, put('x', String(i)));
    cluster.run(1000);
    expect(revisions(stream)).toEqual([]);
    const expected = Array.from({ length: writes }, (_, i) => i + 2);
    for (let i = 0; i < 200 && revisions(stream).length < writes; i++) {
      leader.member.onWatchTaken(stream.id, 5);
      cluster.run(20);
    }
    expect(revisions(stream)).toEqual(expected);
  });

  it('a slow client whose watcher needs compacted revisions is told so, and never jumps over them', () => {
    const cluster = new LocalCluster(1);
    const leader = cluster.elect();
    const stream = watch(leader, 'x', undefined, 1);
    const writes = 3 * watchChannelSlots;
    for (let i = 0; i < writes; i++) cluster.ask(leader, put('x', String(i)));
    cluster.ask(leader, compact(writes));
    cluster.run(1000);
    leader.member.onWatchTaken(stream.id, 10_000);
    cluster.run(1000);
    const seen = revisions(stream);
    expect(seen).toEqual(seen.map((_, i) => i + 2));
    expect(stream.responses.at(-1)).toMatchObject({ canceled: true, compact_revision: writes });
  });

  it('goes on after the member was replaced by a snapshot, with nothing twice and nothing missed', () => {
    const cluster = new LocalCluster(3, { config: { snapshotCount: 10, catchUpEntries: 2 } });
    const leader = cluster.elect();
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    const stream = watch(follower, 'x');
    const future = watch(follower, 'x', 60);
    for (let i = 0; i < 5; i++) cluster.ask(leader, put('x', String(i)));
    cluster.run(200);
    expect(revisions(stream)).toEqual([2, 3, 4, 5, 6]);
    follower.isolated = true;
    for (let i = 0; i < 60; i++) cluster.ask(leader, put('x', String(i)));
    cluster.run(500);
    follower.isolated = false;
    cluster.run(3000);
    expect(cluster.sent.some(({ type }) => type === MessageType.snap)).toBe(true);
    cluster.ask(leader, put('x', 'last'));
    cluster.run(500);
    const all = Array.from({ length: 66 }, (_, i) => i + 2);
    expect(revisions(stream)).toEqual(all);
    expect(revisions(future)).toEqual(all.filter((revision) => revision >= 60));
  });

  it('a learner takes no watches, and a member without a version none either', () => {
    const cluster = new LocalCluster();
    const early = cluster.members[0]?.openStream();
    expect(early?.closed).toBe(errors.notCapable.message);
    const leader = cluster.elect();
    cluster.run(6000);
    cluster.ask(leader, addMember(4, true));
    const learner = cluster.join(4);
    cluster.run(1000);
    const stream = learner.openStream();
    expect(stream.closed).toBe(errors.notSupportedForLearner.message);
  });

  it('a progress request is answered when all watchers of the stream are synced', () => {
    const cluster = new LocalCluster(1);
    const leader = cluster.elect();
    for (let i = 0; i < 5; i++) cluster.ask(leader, put('x', String(i)));
    const stream = watch(leader, 'x', 2);
    leader.member.onWatchRequest(stream.id, { kind: 'progress', progress: {} });
    leader.member.onWatchRequest(stream.id, watchKey('y', 1000));
    cluster.run(300);
    leader.member.onWatchRequest(stream.id, { kind: 'progress', progress: {} });
    cluster.run(300);
    // Its watcher of a later revision is not there yet: no progress is told.
    expect(stream.responses.filter(({ watch_id, created }) => watch_id === -1 && !created)).toEqual([]);
    leader.member.onWatchRequest(stream.id, { kind: 'cancel', cancel: { watch_id: 1 } });
    leader.member.onWatchRequest(stream.id, { kind: 'progress', progress: {} });
    cluster.run(300);
    expect(stream.responses.at(-1)).toMatchObject({ watch_id: -1, header: { revision: 6 }, events: [] });
  });
});
