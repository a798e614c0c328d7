import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenProvider } from '../../auth/index.ts';
import type { ByteString } from '../../base/bytes.ts';
import { requestId } from '../../base/ids.ts';
import type { DiskErrorCode, Log, Random, StreamId } from '../../ports.ts';
import type { SnapMessage } from '../../raft/index.ts';
import {
  type ClientRequest,
  type ClientResponse,
  errors,
  type WatchRequest,
} from '../../server/api/index.ts';
import { authErrorResponse } from '../../server/apply/auth_operations.ts';
import { refusal } from '../../server/apply/v3.ts';
import type { MemberConfig } from '../../server/config.ts';
import { Member } from '../../server/member.ts';
import { dbPath } from '../../server/paths.ts';
import type { PeerAnswer } from '../../server/peers/messages.ts';
import type { MemberState } from '../../server/state.ts';
import { MarkedSyncs } from '../../server/storage/marked_syncs.ts';
import { Timer } from '../../server/tokens.ts';
import type { V2Answer } from '../../server/traffic.ts';
import type { V2Request } from '../../v2store/index.ts';
import type { RequestFigures } from '../metrics/request_figures.ts';
import type { Passwords } from '../security/passwords.ts';
import { DirectoryDisk } from '../directory_disk.ts';
import { RequestFailure } from '../grpc/failure.ts';
import { Backup } from './backup.ts';
import { InputQueue } from './input_queue.ts';
import { MemberLog } from './member_log.ts';
import { NodeNetwork, type WatchSink } from './node_network.ts';
import type { PeerTransport, SnapshotReceipt } from './peer_transport.ts';
import { RealClock, clockOffsetNs } from './real_clock.ts';

/** Answers of a watch stream that may wait in its connection. */
export const watchWindowAnswers = 32;
/** No question has it. */
const noToken = -1;

interface BegunSync {
  readonly path: string;
  readonly atMs: number;
}

export interface MemberHostParts {
  readonly directory: string;
  readonly random: Random;
  readonly log: Log;
  readonly peers: PeerTransport;
  /** Told of each completed sync and the seconds that it took. */
  readonly onSync: (path: string, seconds: number) => void;
  /** The member can't go on; nothing is answered any more. */
  readonly onFailed: (reason: string) => void;
  /** Made when the clock is there: tokens expire by it. */
  readonly tokens: (clock: RealClock) => TokenProvider;
  readonly passwords: Passwords;
  readonly figures: RequestFigures;
}

/** One client's watch stream, as its connection sees it. */
export interface OpenedWatch {
  request(request: WatchRequest): void;
  /** The connection has room for `count` more answers. */
  taken(count: number): void;
  close(): void;
}

/** A member on a real clock, disk and network: every input goes in here, and answers come back to whoever asked. */
export class MemberHost {
  readonly clock: RealClock;
  readonly member: Member;
  private readonly parts: MemberHostParts;
  readonly config: MemberConfig;
  private readonly inputs = new InputQueue();
  private readonly observer: MemberLog;
  private readonly network: NodeNetwork;
  private readonly disk: DirectoryDisk;
  private readonly timed: MarkedSyncs<BegunSync>;
  private lastRequest = 0;
  private lastStream = 0;
  private ended = false;
  private readonly stopListeners: (() => void)[] = [];

  constructor(config: MemberConfig, parts: MemberHostParts) {
    this.config = config;
    this.parts = parts;
    mkdirSync(parts.directory, { recursive: true, mode: 0o700 });
    this.network = new NodeNetwork(parts.peers);
    const offsetNs = clockOffsetNs(config.ids.foreign(config.id));
    this.clock = new RealClock((token) => this.put(() => this.member.onTimer(token)), offsetNs);
    this.disk = new DirectoryDisk(parts.directory, (token, error) => this.onDisk(token, error));
    this.timed = new MarkedSyncs(this.disk, (path) => ({ path, atMs: performance.now() }));
    const { clock, network, timed: disk } = this;
    const { random, log, passwords: hasher } = parts;
    const ports = { clock, network, disk, random, log };
    this.observer = new MemberLog(log, () => parts.peers.onMembers?.());
    this.member = new Member(config, ports, this.observer, { tokens: parts.tokens(clock), hasher });
  }

  /** Handles one input of the member, unless the host has ended; then sees whether the member has failed. */
  private put(input: () => void): void {
    this.inputs.put(() => {
      if (this.ended) return;
      input();
      if (this.member.failed) this.end();
      else if (this.member.stopped) this.settle();
    });
  }

  private onDisk(token: number, error: DiskErrorCode | null): void {
    const sync = this.timed.completed();
    if (sync !== undefined) this.parts.onSync(sync.path, (performance.now() - sync.atMs) / 1000);
    this.put(() => this.member.onDisk(token, error));
  }

  /** Reads the disk and takes part. The member may have failed afterwards: `member.failed`. */
  async start(): Promise<void> {
    const { peers } = this.parts;
    this.put(() => this.member.start());
    await peers.start({
      onMessage: (message) => this.put(() => this.member.onMessage(message)),
      receiveSnapshot: (message) => this.receiveSnapshot(message),
      onSnapshotSent: (to, delivered) => this.put(() => this.member.onSnapshotSent(to, delivered)),
      onPeerCall: (id, from, call) => this.put(() => this.member.onPeerCall(id, from, call)),
      onPeerAnswer: (token, answer) => this.put(() => this.member.onPeerAnswer(token, answer)),
      onUnreachable: (member) => this.tell({ kind: 'unreachable', member }),
      onRemoved: () => this.tell({ kind: 'removed' }),
      membership: () => this.member.state?.membership ?? null,
    });
  }

  /** The pieces go to the disk at once: they are no inputs of the member. */
  private receiveSnapshot(message: SnapMessage): SnapshotReceipt | null {
    const receipt = this.ended ? null : this.member.receiveSnapshot(message);
    if (receipt === null) return null;
    return {
      write: (bytes) => {
        if (!this.ended) receipt.write(bytes);
      },
      finish: (told) => this.put(() => this.member.onSnapshotReceived(message, receipt, told)),
      abort: () => {
        if (!this.ended) receipt.abort();
      },
    };
  }

  /** What the peers' connections say without being asked. */
  private tell(answer: PeerAnswer): void {
    this.put(() => this.member.onPeerAnswer(noToken, answer));
  }

  /** Lets time pass for raft up to one tick before an election (etcd --initial-election-tick-advance). */
  advanceElection(): void {
    this.put(() => {
      this.clock.ignoresTimers = true;
      for (let tick = 1; tick < this.config.electionTicks; tick++) this.member.onTimer(Timer.tick);
      this.clock.ignoresTimers = false;
    });
  }

  /** The state, to be looked at; null while the disk is being read. */
  get state(): MemberState | null {
    return this.member.state;
  }

  /** Requests without an answer so far. */
  get requestsWaiting(): number {
    return this.network.requests.size + this.network.v2Requests.size;
  }

  get streamsOpen(): number {
    return this.network.streams.size;
  }

  /** The member has stopped or failed. */
  get isOver(): boolean {
    return this.ended;
  }

  get figures(): RequestFigures {
    return this.parts.figures;
  }

  get log(): Log {
    return this.parts.log;
  }

  // --- requests

  /** Whoever asks is always answered, at the latest when the member's own time is up. */
  request(request: ClientRequest, token: ByteString | undefined): Promise<ClientResponse> {
    return new Promise((resolve) => this.ask(request, token, resolve));
  }

  ask(
    request: ClientRequest,
    token: ByteString | undefined,
    answer: (response: ClientResponse) => void,
  ): void {
    this.parts.passwords.ask(request, (whenDone) => this.submit(request, token, whenDone), answer);
  }

  private submit(
    request: ClientRequest,
    token: ByteString | undefined,
    answer: (response: ClientResponse) => void,
  ): void {
    if (this.ended) {
      answer(errors.stopped);
      return;
    }
    const id = requestId(++this.lastRequest);
    const count = this.parts.figures.begin(request);
    this.network.requests.set(id, (response) => {
      count(response);
      answer(response);
    });
    this.put(() => this.member.onRequest(id, request, token));
  }

  /** A write of the v2 API, or a read that goes through the log. */
  requestV2(request: V2Request): Promise<V2Answer> {
    return new Promise((resolve) => {
      if (this.ended) {
        resolve({ kind: 'refused', reason: errors.stopped });
        return;
      }
      const id = requestId(++this.lastRequest);
      this.network.v2Requests.set(id, resolve);
      this.put(() => this.member.onV2Request(id, request));
    });
  }

  openWatch(sink: WatchSink, token: ByteString | undefined): OpenedWatch {
    const stream: StreamId = ++this.lastStream;
    const { network, member } = this;
    network.streams.set(stream, sink);
    this.put(() => member.onWatchOpen(stream, watchWindowAnswers, token));
    if (this.ended) network.closeWatch(stream, errors.stopped.message);
    return {
      request: (request) => this.put(() => member.onWatchRequest(stream, request)),
      taken: (count) => this.put(() => member.onWatchTaken(stream, count)),
      close: () => {
        network.streams.delete(stream);
        this.put(() => member.onWatchClosed(stream));
      },
    };
  }

  /** A database file of the state as it is now. Rejects with RequestFailure if the owner of this token may not have it. */
  async backup(token: ByteString | undefined): Promise<Backup> {
    const refused = await this.turn((state) => {
      const info = state.auth.authInfo(token, this.clock.nowNs());
      if (info.kind === 'refused') return authErrorResponse(info.error);
      return refusal(state, info.value, { kind: 'defragment', defragment: {} });
    });
    if (refused !== null) throw new RequestFailure(refused);
    return Backup.open({
      path: join(this.parts.directory, dbPath),
      turn: (work) => this.turn(({ backend }) => work(backend)),
    });
  }

  /** Looks at the state between two inputs. Rejects with RequestFailure when there is none, or not any more. */
  private turn<Result>(work: (state: MemberState) => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.inputs.put(() => {
        const { state } = this;
        try {
          if (this.ended || !this.member.ready || state === null) throw new RequestFailure(errors.stopped);
          resolve(work(state));
        } catch (error) {
          reject(error as Error);
        }
      });
    });
  }

  // --- the end

  /** The clean stop: resolves when everything is durable and the files are closed, also of a member that had failed. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.stopListeners.push(resolve);
      if (this.ended) this.close();
      else this.put(() => this.member.stop());
    });
  }

  private settle(): void {
    this.ended = true;
    this.close();
  }

  private end(): void {
    this.ended = true;
    this.answerAll();
    this.parts.onFailed(this.observer.failure);
  }

  /** Nobody is to wait for a member that is gone. */
  private answerAll(): void {
    for (const id of this.network.requests.keys()) this.network.respond(id, errors.stopped);
    for (const id of this.network.v2Requests.keys())
      this.network.respondV2(id, { kind: 'refused', reason: errors.stopped });
    for (const id of this.network.streams.keys()) this.network.closeWatch(id, errors.stopped.message);
  }

  private close(): void {
    this.clock.stop();
    this.parts.passwords.close();
    this.answerAll();
    void this.parts.peers.stop().then(() =>
      this.disk.close(() => {
        for (const listener of this.stopListeners.splice(0)) listener();
      }),
    );
  }
}
