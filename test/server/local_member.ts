import type { ByteString } from '../../core/base/bytes.ts';
import { type NodeId, type RequestId, requestId } from '../../core/base/ids.ts';
import type { Random, Token } from '../../core/ports.ts';
import type { Message } from '../../core/raft/index.ts';
import type { ClientRequest, ClientResponse, WatchResponse } from '../../core/server/api/index.ts';
import type { MemberConfig } from '../../core/server/config.ts';
import { Member, type MemberSecurity } from '../../core/server/member.ts';
import type { MemberObserver } from '../../core/server/observer.ts';
import type { PeerAnswer, PeerCall } from '../../core/server/peers/messages.ts';
import type { EtcdPorts } from '../../core/server/traffic.ts';
import { VirtualDisk } from '../../sim/disk/virtual_disk.ts';
import { RandomStream } from '../../sim/random.ts';

/** What a member's ports hand to the cluster around it. */
export interface LocalHost {
  readonly nowNs: number;
  arm(member: LocalMember, token: Token, delayNs: number): void;
  send(from: LocalMember, message: Message, database: Uint8Array | null): void;
  callPeer(from: LocalMember, to: NodeId, call: PeerCall, token: Token): void;
  answerPeer(id: RequestId, answer: PeerAnswer): void;
  /** Something is to be done for it. */
  wake(): void;
}

export interface Stream {
  readonly id: number;
  readonly responses: WatchResponse[];
  closed: string | null;
}

/** A member of a cluster in memory: its disk, its clients' answers, and whether it can be reached at all. */
export class LocalMember {
  member!: Member;
  readonly disk: VirtualDisk;
  readonly answers = new Map<RequestId, ClientResponse>();
  readonly streams = new Map<number, Stream>();
  readonly failures: string[] = [];
  readonly log: string[] = [];
  readonly config: MemberConfig;
  /** Counts starts: what an earlier start armed is void. */
  incarnation = 0;
  up = false;
  /** Messages from and to others get lost. */
  isolated = false;
  /** Syncs don't complete. */
  stalled = false;
  /** Everything waits: timers, messages, requests. */
  paused = false;
  readonly syncs: number[] = [];
  private readonly host: LocalHost;
  private readonly security: MemberSecurity;
  private readonly observer: Partial<MemberObserver>;
  private readonly random: RandomStream;
  private nextRequest = 1;

  constructor(
    host: LocalHost,
    config: MemberConfig,
    parts: { readonly security?: MemberSecurity; readonly observer?: Partial<MemberObserver> },
  ) {
    this.host = host;
    this.config = config;
    this.security = parts.security ?? {};
    this.observer = parts.observer ?? {};
    this.random = new RandomStream(`member/${config.id}`);
    const nothing = (): void => undefined;
    const scheduleCompletion = (id: number): void => {
      this.syncs.push(id);
      host.wake();
    };
    const events = {
      onWrite: nothing,
      onSyncStart: nothing,
      onSyncDone: nothing,
      onRename: nothing,
      onTruncate: nothing,
      onRemove: nothing,
      onFault: nothing,
    };
    const latency = { syncMinNs: 1, syncMeanNs: 0 };
    this.disk = new VirtualDisk(
      { nowNs: () => host.nowNs, scheduleCompletion, ...events },
      latency,
      new RandomStream(`disk/${config.id}`),
    );
  }

  get number(): number {
    return this.config.id;
  }

  start(): void {
    this.incarnation++;
    this.up = true;
    const { host } = this;
    const below = (bound: number): number => this.random.below(bound);
    const random: Random = { below };
    const ports: EtcdPorts = {
      clock: {
        nowNs: () => host.nowNs,
        wallNs: () => BigInt(host.nowNs),
        armTimer: (token, delayNs) => host.arm(this, token, delayNs),
      },
      network: {
        send: (_to, message) => host.send(this, message, null),
        sendSnapshot: (_to, message, database) => host.send(this, message, database),
        sendWatch: (stream, response) => void this.streams.get(stream)?.responses.push(response),
        closeWatch: (stream, reason) => this.closeStream(stream, reason),
        callPeer: (to, call, token) => host.callPeer(this, to, call, token),
        answerPeer: (id, answer) => host.answerPeer(id, answer),
        respond: (request, response) => void this.answers.set(request, response),
      },
      disk: this.disk,
      random,
      log: { enabled: () => true, line: (_level, text) => void this.log.push(text) },
    };
    this.member = new Member(this.config, ports, this.observing(), this.security);
    this.member.start();
    host.wake();
  }

  private observing(): MemberObserver {
    const nothing = (): void => undefined;
    return {
      onAppend: nothing,
      onApply: nothing,
      onWriteAcknowledged: nothing,
      onSnapshotSaved: nothing,
      onSnapshotInstalled: nothing,
      onRecovered: nothing,
      ...this.observer,
      onFailed: (reason) => {
        this.failures.push(reason);
        this.up = false;
      },
    };
  }

  private closeStream(id: number, reason: string): void {
    const stream = this.streams.get(id);
    if (stream !== undefined) stream.closed = reason;
  }

  /** Power loss without what was not synced. */
  crash(): void {
    this.disk.crash({ below: () => 0 }, 'drop');
    this.syncs.length = 0;
    this.up = false;
    this.paused = false;
    this.incarnation++;
  }

  get runs(): boolean {
    return this.up && !this.paused && !this.member.failed;
  }

  /** Completes the oldest sync; false if there is none, or the disk stands still. */
  completeSync(): boolean {
    if (this.stalled || !this.runs) return false;
    const id = this.syncs.shift();
    if (id === undefined) return false;
    const done = this.disk.completeSync(id);
    if (done !== null) this.member.onDisk(done.token, done.error);
    return true;
  }

  newRequest(): RequestId {
    return requestId(this.nextRequest++);
  }

  request(request: ClientRequest, token?: ByteString): RequestId {
    const id = this.newRequest();
    this.member.onRequest(id, request, token);
    this.host.wake();
    return id;
  }

  openStream(window = 1000, token?: ByteString): Stream {
    const stream: Stream = { id: this.streams.size + 1, responses: [], closed: null };
    this.streams.set(stream.id, stream);
    this.member.onWatchOpen(stream.id, window, token);
    return stream;
  }
}
