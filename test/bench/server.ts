import { type ByteString, fromText } from '../../core/base/bytes.ts';
import { type RequestId, nodeId, requestId } from '../../core/base/ids.ts';
import { NodeIdTable } from '../../core/base/node_ids.ts';
import { heartbeatIntervalMs, nsPerMs } from '../../core/limits.ts';
import type { Token } from '../../core/ports.ts';
import type { ClientRequest, ClientResponse } from '../../core/server/api/index.ts';
import { memberDefaults } from '../../core/server/config.ts';
import { Member } from '../../core/server/member.ts';

import type { EtcdPorts } from '../../core/server/traffic.ts';
import { type Figure, fastestSeconds } from './measure.ts';
import { MemoryDisk } from './memory_disk.ts';

const operations = 20_000;
const keyCount = 1000;
/** Requests that are open at a time, as of so many clients. */
const inFlight = 64;
const value = fromText('v'.repeat(100));
const keys: ByteString[] = Array.from({ length: keyCount }, (_, i) => fromText(`key/${i}`));
const keyAt = (i: number): ByteString => keys[i % keyCount] as ByteString;

/** A member alone, on a disk in memory whose syncs are done as soon as it has nothing else to do: admission, log, apply, answer. */
class LoneMember {
  private nowNs = 0;
  private readonly disk = new MemoryDisk();
  private readonly member: Member;
  private timers: { token: Token; atNs: number }[] = [];
  private answered = 0;
  private issued = 0;
  private refused: ClientResponse | null = null;

  constructor() {
    const id = nodeId(1);
    const ports: EtcdPorts = {
      clock: {
        nowNs: () => this.nowNs,
        wallNs: () => BigInt(this.nowNs),
        armTimer: (token, delayNs) => void this.timers.push({ token, atNs: this.nowNs + delayNs }),
      },
      network: {
        send: () => undefined,
        sendSnapshot: () => undefined,
        sendWatch: () => undefined,
        closeWatch: () => undefined,
        callPeer: () => undefined,
        answerPeer: () => undefined,
        respond: (_request: RequestId, response) => {
          this.answered++;
          if (response.kind === 'error') this.refused = response;
        },
      },
      disk: this.disk,
      random: { below: () => 0 },
      log: { enabled: () => false, line: () => undefined },
    };
    const member = { id, name: 'n1', peerUrls: ['http://n1:2380'] };
    const config = {
      ...memberDefaults,
      ...member,
      clusterId: 1n,
      clientUrls: ['http://n1:2379'],
      initialMembers: [member],
      newMemberId: () => 2n,
      ids: new NodeIdTable(),
    };
    this.member = new Member(config, ports, null);
    this.member.start();
    while (this.member.role !== 'leader') this.passTime();
    for (let i = 0; i < 20; i++) this.passTime();
  }

  private passTime(): void {
    this.nowNs += heartbeatIntervalMs * nsPerMs;
    const due = this.timers.filter(({ atNs }) => atNs <= this.nowNs);
    this.timers = this.timers.filter(({ atNs }) => atNs > this.nowNs);
    for (const { token } of due) this.member.onTimer(token);
    this.disk.complete((token) => this.member.onDisk(token, null));
  }

  /** Asks all of it, `inFlight` at a time; a tick passes now and then, so that the backend commits. */
  run(count: number, requestAt: (i: number) => ClientRequest): void {
    for (let i = 0; i < count; i += inFlight) {
      const end = this.answered + Math.min(inFlight, count - i);
      for (let j = i; j < Math.min(i + inFlight, count); j++) {
        this.member.onRequest(requestId(++this.issued), requestAt(j));
      }
      while (this.answered < end) this.disk.complete((token) => this.member.onDisk(token, null));
      if (i % (inFlight * 16) === 0) this.passTime();
    }
    if (this.refused !== null) throw new Error(`refused: ${JSON.stringify(this.refused)}`);
  }
}

const requests: Readonly<Record<string, (i: number) => ClientRequest>> = {
  'put, 100 bytes': (i) => ({ kind: 'put', put: { key: keyAt(i), value } }),
  'range, one key, linearizable': (i) => ({ kind: 'range', range: { key: keyAt(i) } }),
  'range, one key, serializable': (i) => ({ kind: 'range', range: { key: keyAt(i), serializable: true } }),
  'txn: compare, put, get': (i) => ({
    kind: 'txn',
    txn: {
      compare: [{ target: 'VERSION', result: 'GREATER', key: keyAt(i), version: 0 }],
      success: [
        { kind: 'put', put: { key: keyAt(i + 1), value } },
        { kind: 'range', range: { key: keyAt(i) } },
      ],
      failure: [],
    },
  }),
};

/** One member without network: everything from a client's request to its answer, but gRPC and the disk's own time. */
export function benchServer(): readonly Figure[] {
  const member = new LoneMember();
  return Object.entries(requests).map(([what, requestAt]) => {
    const seconds = fastestSeconds(3, () => member.run(operations, requestAt));
    return { name: `one member, ${what}`, unit: 'requests/s', value: operations / seconds };
  });
}
