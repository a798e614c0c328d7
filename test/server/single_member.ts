import { type RequestId, nodeId, requestId } from '../../core/base/ids.ts';
import { NodeIdTable } from '../../core/base/node_ids.ts';
import { type BugId } from '../../core/bugs.ts';
import { heartbeatIntervalMs, nsPerMs } from '../../core/limits.ts';
import type { DiskErrorCode, Ports, Random } from '../../core/ports.ts';
import type { Message } from '../../core/raft/index.ts';
import type { ClientRequest, ClientResponse } from '../../core/server/api/index.ts';
import { memberDefaults } from '../../core/server/config.ts';
import { Member } from '../../core/server/member.ts';
import type { MemberObserver } from '../../core/server/observer.ts';
import type { DiskHost } from '../../sim/disk/host.ts';
import { VirtualDisk } from '../../sim/disk/virtual_disk.ts';
import { RandomStream } from '../../sim/random.ts';

const always: Random = { below: () => 0 };

/** A member alone with its disk: time and the disk's completions move only when the test says so. */
export class SingleMember {
  nowNs = 0;
  member: Member;
  readonly disk: VirtualDisk;
  readonly sent: Message[] = [];
  readonly answers = new Map<RequestId, ClientResponse>();
  readonly failures: string[] = [];
  private syncs: number[] = [];
  private nextRequest = 1;
  private readonly bugs: ReadonlySet<BugId>;
  private readonly peers: number;

  constructor(peers = 1, bugs: readonly BugId[] = []) {
    this.bugs = new Set(bugs);
    this.peers = peers;
    this.disk = new VirtualDisk(this.diskHost(), { syncMinNs: 1, syncMeanNs: 0 }, new RandomStream('disk'));
    this.member = this.start();
  }

  private diskHost(): DiskHost {
    const nothing = (): void => undefined;
    return {
      nowNs: () => this.nowNs,
      scheduleCompletion: (id) => void this.syncs.push(id),
      onWrite: nothing,
      onSyncStart: nothing,
      onSyncDone: nothing,
      onRename: nothing,
      onTruncate: nothing,
      onRemove: nothing,
      onFault: nothing,
    };
  }

  private start(): Member {
    const ports: Ports<Message, ClientResponse> = {
      clock: { nowNs: () => this.nowNs, armTimer: () => undefined },
      network: {
        send: (_to, message) => void this.sent.push(message),
        sendSnapshot: (_to, message) => void this.sent.push(message),
        respond: (request, response) => void this.answers.set(request, response),
      },
      disk: this.disk,
      random: always,
      log: { enabled: () => false, line: () => undefined },
    };
    const nothing = (): void => undefined;
    const observer: MemberObserver = {
      onAppend: nothing,
      onApply: nothing,
      onWriteAcknowledged: nothing,
      onSnapshotSaved: nothing,
      onSnapshotInstalled: nothing,
      onRecovered: nothing,
      onFailed: (reason) => void this.failures.push(reason),
    };
    const initialMembers = Array.from({ length: this.peers }, (_, i) => ({
      id: nodeId(i + 1),
      name: `n${i + 1}`,
      peerUrls: [`http://n${i + 1}:2380`],
    }));
    const who = { id: nodeId(1), clusterId: 7n, initialMembers, ids: new NodeIdTable() };
    const config = { ...memberDefaults, ...who, bugs: this.bugs };
    const member = new Member(config, ports, observer);
    member.start();
    return member;
  }

  /** Power loss without what was not synced, then a start from the disk. */
  restart(): void {
    this.disk.crash(always, 'drop');
    this.syncs = [];
    this.member = this.start();
  }

  /** Completes every sync that was submitted, and those that follow from them. */
  completeSyncs(error: DiskErrorCode | null = null): void {
    for (let id = this.syncs.shift(); id !== undefined; id = this.syncs.shift()) {
      const done = this.disk.completeSync(id);
      if (done !== null && !this.member.failed) this.member.onDisk(done.token, error ?? done.error);
    }
  }

  get syncsUnderWay(): number {
    return this.syncs.length;
  }

  tick(times = 1): void {
    for (let i = 0; i < times; i++) {
      this.nowNs += heartbeatIntervalMs * nsPerMs;
      this.member.onTimer(0);
    }
  }

  /** Ticks until the member leads, its disk answering at once. */
  lead(): void {
    for (let i = 0; i < 50 && this.member.role !== 'leader'; i++) {
      this.completeSyncs();
      this.tick();
    }
    this.completeSyncs();
  }

  request(request: ClientRequest): RequestId {
    const id = requestId(this.nextRequest++);
    this.member.onRequest(id, request);
    return id;
  }
}
