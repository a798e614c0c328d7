import { describe, expect, it } from 'vitest';
import { JwtTokens } from '../../core/auth/index.ts';
import type { ByteString } from '../../core/base/bytes.ts';
import { MessageType } from '../../core/raft/index.ts';
import { type ClientRequest, errors } from '../../core/server/api/index.ts';
import { toySigner } from '../auth/toy_signer.ts';
import { LocalCluster, type LocalClusterParts } from './local_cluster.ts';
import type { LocalMember } from './local_member.ts';
import { authSetup, get, grant, keepAlive, login, put, text, watchKey } from './requests.ts';

function withAuth(
  members = 3,
  parts: LocalClusterParts = {},
): { cluster: LocalCluster; leader: LocalMember } {
  const cluster = new LocalCluster(members, parts);
  const leader = cluster.elect();
  for (const request of authSetup()) expect(cluster.ask(leader, request).kind).not.toBe('error');
  return { cluster, leader };
}

function signIn(cluster: LocalCluster, member: LocalMember, name: string): ByteString {
  const answer = cluster.ask(member, login(name));
  if (answer.kind !== 'authenticate') throw new Error(JSON.stringify(answer));
  return answer.authenticate.token;
}

const revokeRole: ClientRequest = {
  kind: 'user_revoke_role',
  user_revoke_role: { name: text('alice'), role: text('reader') },
};
const addRole = (name: string): ClientRequest => ({ kind: 'role_add', role_add: { name: text(name) } });

describe('tokens', () => {
  it('the revision of a token is frozen at admission and checked again at apply: revision of auth store is old', () => {
    const { cluster, leader } = withAuth();
    const root = signIn(cluster, leader, 'root');
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    const alice = signIn(cluster, follower, 'alice');
    // Admitted by the follower, on its way to the leader while the leader changes auth.
    const held: Parameters<LocalCluster['deliver']>[1][] = [];
    cluster.filter = (message) => message.type !== MessageType.prop || held.push(message) === 0;
    const id = follower.request(put('mine'), alice);
    cluster.settle();
    cluster.filter = () => true;
    cluster.ask(leader, addRole('another'), root);
    for (const message of held) cluster.deliver(leader, message);
    cluster.run(300);
    expect(held.length).toBeGreaterThan(0);
    expect(follower.answers.get(id)).toEqual(errors.authOldRevision);
    expect(cluster.ask(follower, put('mine'), alice).kind).toBe('put');
  });

  it('a simple token is 16 letters, a dot and the raft index of its login', () => {
    const { cluster, leader } = withAuth();
    const token = signIn(cluster, leader, 'alice');
    expect(token).toMatch(/^[a-zA-Z]{16}\.\d+$/);
    expect(Number(token.split('.')[1])).toBe(leader.member.appliedIndex);
  });

  it('a simple token waits at a member until that has applied its login', () => {
    const { cluster, leader } = withAuth();
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    follower.stalled = true;
    const token = signIn(cluster, leader, 'alice');
    const id = follower.request(get('mine', true), token);
    const stream = follower.openStream(10, token);
    follower.member.onWatchRequest(stream.id, watchKey('mine'));
    cluster.run(500);
    expect(follower.answers.has(id)).toBe(false);
    expect(stream.responses).toEqual([]);
    follower.stalled = false;
    cluster.run(500);
    expect(follower.answers.get(id)?.kind).toBe('range');
    expect(stream.responses).toMatchObject([{ created: true, canceled: false }]);
  });

  it('a simple token ends after 300 s without use, and each use starts it anew', () => {
    const { cluster, leader } = withAuth(1);
    const alice = signIn(cluster, leader, 'alice');
    for (let i = 0; i < 3; i++) {
      cluster.run(200_000);
      expect(cluster.ask(leader, get('mine'), alice).kind).toBe('range');
    }
    cluster.run(301_000);
    expect(cluster.ask(leader, get('mine'), alice)).toEqual(errors.invalidAuthToken);
  });

  it('a lease can be kept alive when the token is over', () => {
    const { cluster, leader } = withAuth(1);
    const alice = signIn(cluster, leader, 'alice');
    cluster.ask(leader, grant(7n, 1000), alice);
    cluster.run(301_000);
    expect(cluster.ask(leader, keepAlive(7n), alice)).toMatchObject({ lease_keep_alive: { TTL: 1000 } });
  });

  it('a JWT goes stale with any change of auth', () => {
    const tokens = (): JwtTokens => new JwtTokens({ signer: toySigner('k'), originUnixSeconds: 0 });
    const { cluster, leader } = withAuth(3, { security: () => ({ tokens: tokens() }) });
    const root = signIn(cluster, leader, 'root');
    const alice = signIn(cluster, leader, 'alice');
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    // No member keeps it: any of them takes it.
    expect(cluster.ask(follower, put('mine'), alice).kind).toBe('put');
    cluster.ask(leader, addRole('another'), root);
    expect(cluster.ask(follower, put('mine'), alice)).toEqual(errors.authOldRevision);
  });
});

describe('signing in', () => {
  it('waits for a linearizable read: a password that was changed elsewhere counts', () => {
    const { cluster, leader } = withAuth();
    const root = signIn(cluster, leader, 'root');
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    follower.stalled = true;
    const change: ClientRequest = {
      kind: 'user_change_password',
      user_change_password: { name: text('alice'), password: text('other') },
    };
    cluster.ask(leader, change, root);
    const id = follower.request(login('alice'));
    cluster.run(300);
    expect(follower.answers.has(id)).toBe(false);
    follower.stalled = false;
    cluster.run(1000);
    expect(follower.answers.get(id)).toEqual(errors.authFailed);
  });

  it('compares the password again if auth changed between the comparison and the record of the token', () => {
    const { cluster, leader } = withAuth();
    const root = signIn(cluster, leader, 'root');
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    const held: Parameters<LocalCluster['deliver']>[1][] = [];
    cluster.filter = (message) => message.type !== MessageType.prop || held.push(message) === 0;
    const id = follower.request(login('alice'));
    cluster.settle();
    cluster.filter = () => true;
    expect(held).toHaveLength(1);
    const change: ClientRequest = {
      kind: 'user_change_password',
      user_change_password: { name: text('alice'), password: text('other') },
    };
    cluster.ask(leader, change, root);
    for (const message of held) cluster.deliver(leader, message);
    cluster.run(1000);
    expect(follower.answers.get(id)).toEqual(errors.authFailed);
  });
});

describe('a member that starts again', () => {
  it('knows users, roles and permissions from its backend, and the auth revision is the same on all', () => {
    const { cluster, leader } = withAuth();
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    cluster.run(500);
    cluster.restart(follower);
    cluster.run(2000);
    const alice = signIn(cluster, follower, 'alice');
    expect(cluster.ask(follower, put('mine'), alice).kind).toBe('put');
    expect(cluster.ask(follower, put('other'), alice)).toEqual(errors.permissionDenied);
    // A second application of what the backend holds would have moved its revision.
    const root = signIn(cluster, leader, 'root');
    cluster.ask(leader, revokeRole, root);
    cluster.run(200);
    const answers = cluster.members.map((member) =>
      cluster.ask(member, put('mine'), signIn(cluster, member, 'alice')),
    );
    for (const answer of answers) expect(answer).toEqual(errors.permissionDenied);
    const hashes = cluster.members.map((member) =>
      cluster.ask(member, { kind: 'hash', hash: {} }, signIn(cluster, leader, 'root')),
    );
    expect(new Set(hashes.map((answer) => (answer.kind === 'hash' ? answer.hash.hash : answer))).size).toBe(
      1,
    );
  });

  it('goes on ending leases through the log while auth is on', () => {
    const { cluster, leader } = withAuth(1);
    cluster.ask(leader, grant(7n, 5), signIn(cluster, leader, 'root'));
    cluster.run(500);
    cluster.restart(leader);
    cluster.elect();
    cluster.run(10_000);
    const answer = cluster.ask(leader, { kind: 'lease_leases', lease_leases: {} });
    expect(answer).toMatchObject({ lease_leases: { leases: [] } });
  });
});
