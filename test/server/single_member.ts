import { type RequestId, nodeId, requestId } from '../../core/base/ids.ts';
import { NodeIdTable } from '../../core/base/node_ids.ts';
import { type BugId } from '../../core/bugs.ts';
import { heartbeatIntervalMs, nsPerMs } from '../../core/limits.ts';
import type { DiskErrorCode, Random } from '../../core/ports.ts';
import type { Message } from '../../core/raft/index.ts';
import type { ClientRequest, ClientResponse } from '../../core/server/api/index.ts';
import { type MemberConfig, memberDefaults } from '../../core/server/config.ts';
import { Member } from '../../core/server/member.ts';
import type { EtcdPorts } from '../../core/server/traffic.ts';
import type { MemberObserver } from '../../core/server/observer.ts';
import type { DiskHost } from '../../sim/disk/host.ts';
import { VirtualDisk } from '../../sim/disk/virtual_disk.ts';
import { RandomStream } from '../../sim/random.ts';
import type { CrashMode } from '../../sim/trace/kinds.ts';

const always: Random = { below: () => 0 };

/** What a test may put into or around a member. */
export interface SingleMemberParts {
  readonly config?: Partial<MemberConfig>;
  readonly observer?: Partial<MemberObserver>;
  /** The disk to start on; absent: an empty one. */
  readonly disk?: (host: DiskHost) => VirtualDisk;
  /** Called after each operation that changes the disk, and after each that makes something durable. */
  readonly onDiskStep?: () => void;
}

/** A member alone with its disk: time and the disk's completions move only when the test says so. */
export class SingleMember {
  nowNs = 0;
  member: Member;
  readonly disk: VirtualDisk;
  readonly sent: Message[] = [];
  readonly answers = new Map<RequestId, ClientResponse>();
  readonly failures: string[] = [];
  readonly ids = new NodeIdTable();
  private syncs: number[] = [];
  private nextRequest = 1;
  private readonly bugs: ReadonlySet<BugId>;
  private readonly peers: number;
  private readonly parts: SingleMemberParts;

  constructor(peers = 1, bugs: readonly BugId[] = [], parts: SingleMemberParts = {}) {
    this.bugs = new Set(bugs);
    this.peers = peers;
    this.parts = parts;
    const host = this.diskHost();
    const latency = { syncMinNs: 1, syncMeanNs: 0 };
    this.disk = parts.disk?.(host) ?? new VirtualDisk(host, latency, new RandomStream('disk'));
    this.member = this.start();
  }

  private diskHost(): DiskHost {
    const step = (): void => this.parts.onDiskStep?.();
    return {
      nowNs: () => this.nowNs,
      scheduleCompletion: (id) => void this.syncs.push(id),
      onWrite: step,
      onSyncStart: step,
      onSyncDone: step,
      onRename: step,
      onTruncate: step,
      onRemove: step,
      onFault: () => undefined,
    };
  }

  private start(): Member {
    const ports: EtcdPorts = {
      clock: { nowNs: () => this.nowNs, wallNs: () => BigInt(this.nowNs), armTimer: () => undefined },
      network: {
        send: (_to, message) => void this.sent.push(message),
        sendSnapshot: (_to, message) => void this.sent.push(message),
        sendWatch: () => undefined,
        closeWatch: () => undefined,
        callPeer: () => undefined,
        answerPeer: () => undefined,
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
      ...this.parts.observer,
      onFailed: (reason) => void this.failures.push(reason),
    };
    const initialMembers = Array.from({ length: this.peers }, (_, i) => ({
      id: nodeId(i + 1),
      name: `n${i + 1}`,
      peerUrls: [`http://n${i + 1}:2380`],
    }));
    const who = {
      id: nodeId(1),
      name: 'n1',
      clientUrls: ['http://n1:2379'],
      newMemberId: () => 99n,
      clusterId: 7n,
      initialMembers,
      ids: this.ids,
    };
    const config = { ...memberDefaults, ...who, bugs: this.bugs, ...this.parts.config };
    const member = new Member(config, ports, observer);
    member.start();
    return member;
  }

  /** Power loss, by default without what was not synced, then a start from the disk. */
  restart(mode: CrashMode = 'drop', random: Random = always): void {
    this.disk.crash(random, mode);
    this.syncs = [];
    this.member = this.start();
  }

  /** The process ends and starts again; the page cache stays. */
  restartProcess(): void {
    this.disk.abandonSyncs();
    this.member = this.start();
  }

  /** Completes every sync that was submitted, and those that follow from them. */
  completeSyncs(error: DiskErrorCode | null = null): void {
    while (this.completeSync(error));
  }

  /** Completes the oldest sync; false if there is none. */
  completeSync(error: DiskErrorCode | null = null): boolean {
    const id = this.syncs.shift();
    if (id === undefined) return false;
    const done = this.disk.completeSync(id);
    if (done !== null && !this.member.failed) this.member.onDisk(done.token, error ?? done.error);
    return true;
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
