import { afterEach, describe, expect, it } from 'vitest';
import { fromText } from '../../core/base/bytes.ts';
import { type NodeId, requestId } from '../../core/base/ids.ts';
import type { PeerHandler, SnapshotReceipt } from '../../core/node/host/peer_transport.ts';
import { WideIds } from '../../core/node/host/wide_ids.ts';
import { headersOf } from '../../core/node/peers/identity.ts';
import { encodePeerMessage } from '../../core/node/peers/wire.ts';
import { RaftHttp } from '../../core/node/peers/raft_http.ts';
import { EntryType, type Message, MessageType, emptySnapshot } from '../../core/raft/index.ts';
import { Membership } from '../../core/server/membership/index.ts';
import type { PeerAnswer, PeerCall } from '../../core/server/peers/messages.ts';
import { freePort } from './detcd_here.ts';

const clusterId = 0xcdf818194e3a8c32n;

/** A transport without a member: what it would be told is kept. */
class End implements PeerHandler {
  readonly ids = new WideIds();
  readonly id: NodeId;
  readonly url: string;
  readonly members: Membership;
  readonly messages: Message[] = [];
  readonly told: unknown[] = [];
  readonly lines: string[] = [];
  readonly transport: RaftHttp;
  answer: PeerAnswer = { kind: 'refused' };

  constructor(foreign: bigint, port: number) {
    this.id = this.ids.local(foreign);
    this.url = `http://127.0.0.1:${port}`;
    this.members = new Membership(this.ids);
    this.transport = new RaftHttp({
      identity: { id: this.id, clusterId, ids: this.ids, peerUrls: [this.url] },
      listenUrls: [{ text: this.url, isSecure: false, host: '127.0.0.1', port }],
      serverTls: null,
      clientTls: null,
      remotes: new Map(),
      log: { enabled: () => true, line: (_level, text) => void this.lines.push(text) },
    });
  }

  knows(others: readonly (readonly [bigint, string])[], removed: readonly bigint[] = []): void {
    const all = [...others, [this.ids.foreign(this.id), this.url] as const];
    const members = all.map(([id, url]) => {
      return { id: this.ids.local(id), name: `n${id}`, peerUrls: [url], clientUrls: [], isLearner: false };
    });
    this.members.reset(
      members,
      removed.map((id) => this.ids.local(id)),
      '3.4.0',
    );
    this.transport.onMembers();
  }

  async start(): Promise<void> {
    await this.transport.listen();
    await this.transport.start(this);
  }

  onMessage(message: Message): void {
    this.messages.push(message);
  }

  receiveSnapshot(message: Message): SnapshotReceipt {
    let [size, last] = [0, 0];
    return {
      write: (bytes) => {
        size += bytes.length;
        last = bytes.at(-1) ?? last;
      },
      finish: (told) => {
        this.told.push(['snapshot', message.type, size, last]);
        told(null);
      },
      abort: () => undefined,
    };
  }

  onSnapshotSent(_to: NodeId, delivered: boolean): void {
    this.told.push(['sent', delivered]);
  }

  onPeerCall(id: number, _from: NodeId, call: PeerCall): void {
    this.told.push(call);
    this.transport.answerPeer(requestId(id), this.answer);
  }

  onPeerAnswer(token: number, answer: PeerAnswer | null): void {
    this.told.push([token, answer]);
  }

  onUnreachable(to: NodeId): void {
    this.told.push(['unreachable', this.ids.foreign(to)]);
  }

  onRemoved(): void {
    this.told.push('removed');
  }

  membership(): Membership {
    return this.members;
  }
}

const [idA, idB] = [0xa000000000000001n, 0xb000000000000002n];
const ends: End[] = [];

async function newEnd(foreign: bigint): Promise<End> {
  const end = new End(foreign, await freePort());
  ends.push(end);
  return end;
}

async function pair(): Promise<readonly [End, End]> {
  const [a, b] = [await newEnd(idA), await newEnd(idB)];
  a.knows([[idB, b.url]]);
  b.knows([[idA, a.url]]);
  await Promise.all([a.start(), b.start()]);
  return [a, b];
}

function heartbeat(from: End, to: bigint, commit: number): Message {
  const { heartbeat: type } = MessageType;
  return { type, from: from.id, to: from.ids.local(to), term: 3, commit, context: fromText('c') };
}

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 5000; !holds();) {
    if (Date.now() > end) throw new Error('waited for 5 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end.transport.stop()));
});

describe('two ends of the protocol between members', () => {
  it('connect by two streams each way, and send the messages that each kind is for', async () => {
    const [a, b] = await pair();
    const established = (end: End): number => end.lines.filter((line) => line.includes('established')).length;
    await until(() => established(a) === 4 && established(b) === 4);
    const entries = [{ term: 3, index: 10, type: EntryType.normal, data: new Uint8Array(100_000).fill(7) }];
    const place = { term: 3, logTerm: 3, index: 9, commit: 9 };
    const append: Message = { type: MessageType.app, from: a.id, to: a.ids.local(idB), ...place, entries };
    a.transport.send(a.ids.local(idB), append);
    a.transport.send(a.ids.local(idB), heartbeat(a, idB, 5));
    b.transport.send(b.ids.local(idA), heartbeat(b, idA, 6));
    await until(() => b.messages.length === 2 && a.messages.length === 1);
    expect(b.messages).toContainEqual(append);
    expect(a.messages[0]).toMatchObject({ commit: 6, from: a.ids.local(idB) });
    expect([...a.told, ...b.told]).toEqual([]);
  });

  it('post messages one by one as long as there are no streams, and report who is not reached', async () => {
    const [a, b] = [await newEnd(idA), await newEnd(idB)];
    a.knows([[idB, b.url]]);
    await a.start();
    a.transport.send(a.ids.local(idB), heartbeat(a, idB, 1));
    await until(() => a.told.length === 1);
    expect(a.told).toEqual([['unreachable', idB]]);
    expect(a.lines).toContainEqual(expect.stringMatching(/^rafthttp: peer b000000000000002 is not reached/));
    // It knows nobody yet, and learns from the message where to answer.
    b.knows([]);
    await b.start();
    a.transport.send(a.ids.local(idB), heartbeat(a, idB, 2));
    await until(() => b.messages.length === 1);
    b.transport.send(b.ids.local(idA), heartbeat(b, idA, 3));
    await until(() => a.messages.length === 1);
  });

  it('bring a snapshot with its database, and tell how it went', async () => {
    const [a, b] = await pair();
    const database = new Uint8Array(1_000_000).fill(9);
    const message: Message = {
      type: MessageType.snap,
      from: a.id,
      to: a.ids.local(idB),
      term: 3,
      snapshot: emptySnapshot,
    };
    a.transport.sendSnapshot(a.ids.local(idB), message, database);
    await until(() => a.told.length === 1);
    expect(b.told).toEqual([['snapshot', MessageType.snap, 1_000_000, 9]]);
    expect(a.told).toEqual([['sent', true]]);
    await b.transport.stop();
    a.transport.sendSnapshot(a.ids.local(idB), message, database);
    await until(() => a.told.length === 2);
    expect(a.told[1]).toEqual(['sent', false]);
  });

  it('ask and answer about leases, members and hashes', async () => {
    const [a, b] = await pair();
    const ask = async (call: PeerCall, answer: PeerAnswer): Promise<unknown> => {
      b.answer = answer;
      a.told.length = 0;
      a.transport.callPeer(a.ids.local(idB), call, 7);
      await until(() => a.told.length === 1);
      return (a.told[0] as readonly unknown[])[1];
    };
    const same: readonly (readonly [PeerCall, PeerAnswer])[] = [
      [
        { kind: 'lease_keep_alive', ID: -5n },
        { kind: 'lease_keep_alive', ttl: 12 },
      ],
      [
        { kind: 'lease_keep_alive', ID: 5n },
        { kind: 'lease_keep_alive', ttl: 0 },
      ],
      [
        { kind: 'lease_time_to_live', ID: 2n ** 62n, keys: true },
        { kind: 'lease_time_to_live', ttl: 8, grantedTtl: 9, keys: [fromText('k'), fromText('ü')] },
      ],
      [
        { kind: 'lease_time_to_live', ID: 1n, keys: false },
        { kind: 'lease_time_to_live', ttl: -1, grantedTtl: 0, keys: [] },
      ],
      [
        { kind: 'hash_kv', revision: 4 },
        { kind: 'hash_kv', revision: 4, compactRevision: 2, hash: 77 },
      ],
      [{ kind: 'hash_kv', revision: 4 }, { kind: 'refused' }],
      [{ kind: 'lease_keep_alive', ID: 5n }, { kind: 'removed' }],
    ];
    for (const [call, answer] of same) {
      expect(await ask(call, answer)).toEqual(answer);
      expect(b.told.at(-1)).toEqual(call);
    }
    expect(await ask({ kind: 'version' }, { kind: 'refused' })).toMatchObject({
      server: '3.4.23',
      cluster: '3.4.0',
    });
    await b.transport.stop();
    expect(await ask({ kind: 'version' }, { kind: 'refused' })).toBeNull();
  });

  it('let go of a removed member, who is told so', async () => {
    const [a, b] = await pair();
    await until(() => b.lines.some((line) => line.includes('established')));
    a.knows([], [idB]);
    await until(() => b.told.includes('removed'));
  });
});

describe('a peer address', () => {
  it('answers what it does not take with etcd’s statuses and texts', async () => {
    const a = await newEnd(idA);
    a.knows([[idB, 'http://127.0.0.1:1']], [0xdeadn]);
    await a.start();
    const ids = new WideIds();
    const own = { id: ids.local(idB), clusterId, ids, peerUrls: [] };
    const good = { ...headersOf(own), 'X-Raft-To': idA.toString(16) };
    const asked = async (
      method: string,
      path: string,
      headers: object = good,
      body: Uint8Array | null = null,
    ) => {
      const response = await fetch(`${a.url}${path}`, { method, headers: { ...headers }, body });
      return `${response.status} ${(await response.text()).trim()}`;
    };
    expect(await asked('GET', '/raft')).toBe('405 Method Not Allowed');
    expect(await asked('POST', '/raft', {})).toBe('412 incompatible version');
    const newer = { ...good, 'X-Min-Cluster-Version': '3.5.0' };
    expect(await asked('POST', '/raft', newer)).toBe('412 incompatible version');
    expect(await asked('POST', '/raft', { ...good, 'X-Etcd-Cluster-ID': '1' })).toBe(
      '412 cluster ID mismatch',
    );
    expect(await asked('POST', '/raft', good, Uint8Array.of(255))).toBe(
      '400 error unmarshalling raft message',
    );
    expect(await asked('POST', '/raft/snapshot', good, new Uint8Array(8))).toBe(
      '400 wrong raft message type',
    );
    const from = { ...heartbeat(a, idA, 1), from: a.ids.local(0xdeadn) };
    expect(await asked('POST', '/raft', good, encodePeerMessage(from, a.ids))).toBe(
      '403 cannot process message from removed member',
    );
    expect(await asked('GET', '/raft/stream/other/1')).toBe('404 invalid path');
    expect(await asked('GET', '/raft/stream/message/xyz')).toBe('404 invalid from');
    expect(await asked('GET', '/raft/stream/message/dead')).toBe('410 removed member');
    expect(await asked('GET', '/raft/stream/message/beef')).toBe('404 error sender not found');
    expect(await asked('GET', `/raft/stream/msgapp/${idB.toString(16)}`, { ...good, 'X-Raft-To': '1' })).toBe(
      '412 to field mismatch',
    );
    expect(await asked('GET', '/raft/probing', {})).toMatch(/^200 \{"OK":true,"Now":"/);
    expect(await asked('GET', '/version', {})).toBe('200 {"etcdserver":"3.4.23","etcdcluster":"3.4.0"}');
    expect(await asked('POST', '/members', {})).toBe('405 Method Not Allowed');
    expect(await asked('POST', '/members/promote/x', {})).toBe('404 404 page not found');
    expect(await asked('POST', '/leases', {}, Uint8Array.of(255))).toBe('400 error unmarshalling request');
    expect(await asked('GET', '/members/hashkv', {})).toBe('400 error unmarshalling request');
    expect(await asked('GET', '/members', {})).toContain(
      `{"id":${idA},"peerURLs":["${a.url}"],"name":"n${idA}"}`,
    );
    expect(a.messages).toEqual([]);
  });
});
