import { describe, expect, it } from 'vitest';
import { type Message, MessageType } from '../../core/raft/index.ts';
import { errors, outcomeOf } from '../../core/server/api/index.ts';
import type { ClientRequest } from '../../core/server/api/index.ts';
import { growthBytes } from '../../core/server/apply/quota.ts';
import { LocalCluster } from './local_cluster.ts';
import type { LocalMember } from './local_member.ts';
import { alarms, authSetup, del, disarm, get, grant, login, put, revoke, text } from './requests.ts';

const activate = (alarm: 'NOSPACE' | 'CORRUPT', member = 1): ClientRequest => ({
  kind: 'alarm',
  alarm: { action: 'ACTIVATE', memberID: BigInt(member), alarm },
});
const compact = (revision: number): ClientRequest => ({ kind: 'compact', compact: { revision } });
const defragment: ClientRequest = { kind: 'defragment', defragment: {} };

function txn(...success: readonly ReturnType<typeof put | typeof del | typeof get>[]): ClientRequest {
  return { kind: 'txn', txn: { compare: [], success, failure: [] } };
}

/** One member whose database has room for a little more than it holds at its start. */
function small(quotaBytes = 256 * 1024): { cluster: LocalCluster; one: LocalMember } {
  const cluster = new LocalCluster(1, { config: { quotaBytes } });
  return { cluster, one: cluster.elect() };
}

/** Puts until the quota is reached: the last answer. */
function fill(cluster: LocalCluster, one: LocalMember): ReturnType<LocalCluster['ask']> {
  for (let i = 0; i < 100; i++) {
    const answer = cluster.ask(one, put(`k${i}`, 'x'.repeat(8000)));
    if (answer.kind === 'error') return answer;
    cluster.run(200);
  }
  throw new Error('the quota is never reached');
}

describe('the quota', () => {
  it('costs: a put 256 and its bytes, a lease 64, a txn its larger branch', () => {
    expect(growthBytes(put('abc', '12345'))).toBe(256 + 8);
    expect(growthBytes(grant(1n, 10))).toBe(64);
    expect(growthBytes(del('abc'))).toBe(0);
    const branches = {
      compare: [],
      success: [put('a', ''), put('b', '')],
      failure: [put('c', 'x'.repeat(300)), del('d')],
    };
    expect(growthBytes({ kind: 'txn', txn: branches })).toBe(256 + 301);
  });

  it('a write that does not fit is refused at admission and raises NOSPACE', () => {
    const { cluster, one } = small();
    expect(fill(cluster, one)).toEqual(errors.noSpace);
    expect(cluster.ask(one, alarms)).toMatchObject({
      alarm: { alarms: [{ memberID: 1n, alarm: 'NOSPACE' }] },
    });
  });

  it('NOSPACE refuses puts, growing txns and leases, and allows deletes, compaction and defragmentation', () => {
    const { cluster, one } = small();
    cluster.ask(one, put('x'));
    cluster.ask(one, grant(5n, 100));
    cluster.ask(one, activate('NOSPACE'));
    for (const growing of [put('y'), txn(put('y')), txn(get('x'), put('y')), grant(6n, 100)]) {
      expect(cluster.ask(one, growing)).toEqual(errors.noSpace);
    }
    const allowed = [get('x'), txn(get('x')), txn(del('x')), del('x'), compact(2), defragment, revoke(5n)];
    for (const request of allowed) expect(cluster.ask(one, request).kind).toBe(request.kind);
  });

  it('NOSPACE stays until it is disarmed, even when the quota is raised', () => {
    const { cluster, one } = small();
    fill(cluster, one);
    Object.assign(one.config, { quotaBytes: 1024 * 1024 * 1024 });
    cluster.restart(one);
    cluster.elect();
    expect(cluster.ask(one, put('x'))).toEqual(errors.noSpace);
    cluster.ask(one, disarm('NOSPACE', 1));
    expect(cluster.ask(one, put('x')).kind).toBe('put');
  });

  it('an entry that is over the quota of some is applied on every member, then the alarm is raised through the log', () => {
    const cluster = new LocalCluster(3);
    const leader = cluster.elect();
    const [tight] = cluster.followers();
    if (tight === undefined) throw new Error('three members');
    Object.assign(tight.config, { quotaBytes: 1 });
    cluster.restart(tight);
    cluster.run(1000);
    // The leader admits it; only the follower has no room for it.
    expect(cluster.ask(leader, put('x', 'applied')).kind).toBe('put');
    cluster.run(500);
    for (const member of cluster.members) {
      expect(cluster.ask(member, get('x', true))).toMatchObject({ range: { kvs: [{ value: 'applied' }] } });
    }
    expect(new Set(cluster.members.map(({ member }) => member.stateDigest)).size).toBe(1);
    expect(cluster.ask(leader, alarms)).toMatchObject({
      alarm: { alarms: [{ memberID: BigInt(tight.number), alarm: 'NOSPACE' }] },
    });
    expect(cluster.ask(leader, put('y'))).toEqual(errors.noSpace);
  });

  it('who asked a member that has no room by then hears so, though the write is done: its outcome is open', () => {
    const cluster = new LocalCluster(3, { config: { quotaBytes: 256 * 1024 } });
    const leader = cluster.elect();
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('three members');
    Object.assign(leader.config, { quotaBytes: 1024 * 1024 * 1024 });
    cluster.restart(leader);
    const proposals: Message[] = [];
    const present = cluster.elect();
    const asked = cluster.members.find(({ number }) => number !== present.number && number !== leader.number);
    if (asked === undefined) throw new Error('three members');
    cluster.filter = (message) => message.type !== MessageType.prop || proposals.push(message) === 0;
    const id = asked.request(put('late', 'x'.repeat(1000)));
    cluster.settle();
    cluster.filter = () => true;
    for (let i = 0; i < 30; i++) cluster.ask(leader, put(`k${i}`, 'x'.repeat(8000)));
    cluster.run(500);
    const [held] = proposals;
    if (held === undefined) throw new Error('it was forwarded');
    cluster.deliver(present, held);
    cluster.run(500);
    expect(asked.answers.get(id)).toEqual(errors.noSpace);
    expect(outcomeOf(errors.noSpace)).toBe('unknown');
    expect(cluster.ask(asked, get('late', true))).toMatchObject({ range: { count: 1 } });
  });
});

describe('CORRUPT', () => {
  const everything = [put('x'), get('x'), del('x'), txn(put('x')), compact(1), grant(9n, 10), revoke(9n)];

  it('refuses everything but alarms: corrupt cluster', () => {
    const { cluster, one } = small();
    cluster.ask(one, activate('CORRUPT'));
    for (const request of everything) expect(cluster.ask(one, request)).toEqual(errors.corrupt);
    expect(cluster.ask(one, alarms).kind).toBe('alarm');
    cluster.ask(one, disarm('CORRUPT', 1));
    expect(cluster.ask(one, put('x')).kind).toBe('put');
  });

  it('is in the backend: a restart does not end it', () => {
    const { cluster, one } = small();
    cluster.ask(one, activate('CORRUPT'));
    cluster.run(500);
    cluster.restart(one);
    cluster.elect();
    expect(cluster.ask(one, put('x'))).toEqual(errors.corrupt);
  });
});

describe('the order of appliers', () => {
  it('is Corrupt, Capped, Auth, Quota, Backend', () => {
    const { cluster, one } = small();
    for (const request of authSetup()) expect(cluster.ask(one, request).kind).not.toBe('error');
    const signedIn = (name: string): ReturnType<typeof text> => {
      const answer = cluster.ask(one, login(name));
      return answer.kind === 'authenticate' ? answer.authenticate.token : text('none');
    };
    const alice = signedIn('alice');
    const forbidden = put('not mine', 'x', 77n);
    // Backend last: without permission nobody learns that the lease is missing.
    expect(cluster.ask(one, forbidden, alice)).toEqual(errors.permissionDenied);
    expect(cluster.ask(one, put('mine', 'x', 77n), alice)).toEqual(errors.leaseNotFound);
    // Capped before auth.
    cluster.ask(one, activate('NOSPACE'), alice);
    expect(cluster.ask(one, forbidden, alice)).toEqual(errors.noSpace);
    // Corrupt before capped.
    cluster.ask(one, activate('CORRUPT'), alice);
    expect(cluster.ask(one, forbidden, alice)).toEqual(errors.corrupt);
    cluster.ask(one, disarm('CORRUPT', 1), alice);
    cluster.ask(one, disarm('NOSPACE', 1), alice);
    expect(cluster.ask(one, forbidden, alice)).toEqual(errors.permissionDenied);
  });

  it('auth before quota: an entry that may not be done raises no alarm', () => {
    const cluster = new LocalCluster(3);
    const leader = cluster.elect();
    for (const request of authSetup()) cluster.ask(leader, request);
    const [tight] = cluster.followers();
    if (tight === undefined) throw new Error('three members');
    const answer = cluster.ask(leader, login('alice'));
    const alice = answer.kind === 'authenticate' ? answer.authenticate.token : text('none');
    Object.assign(tight.config, { quotaBytes: 1 });
    cluster.restart(tight);
    cluster.run(1000);
    expect(cluster.ask(leader, put('not mine'), alice)).toEqual(errors.permissionDenied);
    cluster.run(500);
    expect(cluster.ask(leader, alarms)).toMatchObject({ alarm: { alarms: [] } });
  });
});
