import type { AuthErrorName } from '../../auth/index.ts';
import { type ByteString, fromText } from '../../base/bytes.ts';
import { nsPerMs, watchSyncIntervalMs, watchVictimIntervalMs } from '../../limits.ts';
import type { StreamId } from '../../ports.ts';
import type { RawNode } from '../../raft/index.ts';
import type { WatchResponse as Answer, WatchStream } from '../../watch/index.ts';
import { type WatchRequest, type WatchResponse, errors } from '../api/index.ts';
import { authErrorResponse } from '../apply/auth_operations.ts';
import type { Applier } from '../applier.ts';
import type { MemberConfig } from '../config.ts';
import type { MemberState } from '../state.ts';
import { Timer } from '../tokens.ts';
import type { EtcdPorts } from '../traffic.ts';

interface Client {
  readonly id: StreamId;
  readonly stream: WatchStream;
  readonly token: ByteString | undefined;
  /** Requests that wait because the answers to earlier ones fill their buffer. */
  readonly requests: WatchRequest[];
  /** Answers that the client can take now. */
  window: number;
}

const tellingErrors: ReadonlyMap<AuthErrorName, string> = new Map([
  ['invalidAuthToken', 'Unauthenticated'],
  ['authOldRevision', 'InvalidArgument'],
  ['userEmpty', 'InvalidArgument'],
]);

/** Clients' watch streams: their requests go in, and answers come out as fast as each client takes them. */
export class Watches {
  private readonly config: MemberConfig;
  private readonly state: MemberState;
  private readonly ports: EtcdPorts;
  private readonly node: RawNode;
  private readonly applier: Pick<Applier, 'appliedIndex'>;
  /** Whose token this member can't know yet. */
  private readonly awaitingToken = new Set<Client>();
  private readonly clients = new Map<StreamId, Client>();
  private readonly byStream = new Map<WatchStream, Client>();
  private syncArmed = false;
  private victimsArmed = false;

  constructor(parts: {
    readonly config: MemberConfig;
    readonly state: MemberState;
    readonly ports: EtcdPorts;
    readonly node: RawNode;
    readonly applier: Pick<Applier, 'appliedIndex'>;
  }) {
    this.config = parts.config;
    this.state = parts.state;
    this.ports = parts.ports;
    this.node = parts.node;
    this.applier = parts.applier;
  }

  get streamCount(): number {
    return this.clients.size;
  }

  open(id: StreamId, window: number, token: ByteString | undefined): void {
    const { state, ports, config } = this;
    const known = state.membership.version !== null;
    if (!known || state.membership.get(config.id)?.isLearner === true) {
      const { message } = known ? errors.notSupportedForLearner : errors.notCapable;
      ports.network.closeWatch(id, message);
      return;
    }
    const stream = state.watches.openStream(ports.clock.nowNs(), ports.random);
    const client: Client = { id, stream, token, requests: [], window };
    this.clients.set(id, client);
    this.byStream.set(stream, client);
  }

  request(id: StreamId, request: WatchRequest): void {
    const client = this.clients.get(id);
    if (client === undefined) return;
    client.requests.push(request);
    this.serve(client);
  }

  taken(id: StreamId, count: number): void {
    const client = this.clients.get(id);
    if (client === undefined) return;
    client.window += count;
    this.serve(client);
  }

  closed(id: StreamId): void {
    const client = this.clients.get(id);
    if (client === undefined) return;
    this.clients.delete(id);
    this.byStream.delete(client.stream);
    this.awaitingToken.delete(client);
    client.stream.close();
  }

  /** Sends what writes and rounds have made ready, and arms the timers that are needed. Call it after every input. */
  flush(): void {
    if (this.clients.size === 0) return;
    const { watches } = this.state;
    for (const client of this.awaitingToken) this.serve(client);
    for (const stream of watches.takeReadyStreams()) {
      const client = this.byStream.get(stream);
      if (client !== undefined) this.serve(client);
    }
    const { clock } = this.ports;
    if (!this.syncArmed && watches.unsyncedCount > 0) {
      this.syncArmed = true;
      clock.armTimer(Timer.watchSync, watchSyncIntervalMs * nsPerMs);
    }
    if (!this.victimsArmed && watches.victimCount > 0) {
      this.victimsArmed = true;
      clock.armTimer(Timer.watchVictims, watchVictimIntervalMs * nsPerMs);
    }
  }

  onSyncTimer(): void {
    this.syncArmed = false;
    this.config.failpoint('beforeSyncWatchers');
    this.state.watches.syncUnsynced();
  }

  onVictimTimer(): void {
    this.victimsArmed = false;
    this.config.failpoint('beforeMoveVictims');
    this.state.watches.syncVictims();
  }

  tick(nowNs: number): void {
    if (this.clients.size > 0) this.state.watches.tickProgress(nowNs);
  }

  private serve(client: Client): void {
    const { stream, requests } = client;
    while (requests.length > 0 && stream.acceptsRequests && this.knowsToken(client))
      this.handle(client, requests.shift() as WatchRequest);
    if (client.window <= 0) return;
    const answers = stream.takeResponses(client.window);
    client.window -= answers.length;
    for (const answer of answers) {
      this.config.failpoint('beforeSendWatchResponse');
      this.ports.network.sendWatch(client.id, this.complete(answer));
    }
    // Taking answers makes room for the next requests.
    if (answers.length > 0 && requests.length > 0) this.serve(client);
  }

  /** A simple token is known to a member that has applied its login; until then the stream's requests wait. */
  private knowsToken(client: Client): boolean {
    const { token } = client;
    const known = token === undefined || this.state.auth.awaitedIndex(token) <= this.applier.appliedIndex;
    if (known) this.awaitingToken.delete(client);
    else this.awaitingToken.add(client);
    return known;
  }

  private handle({ stream, token }: Client, request: WatchRequest): void {
    if (request.kind === 'cancel') stream.cancel(request.cancel.watch_id);
    else if (request.kind === 'progress') {
      this.config.failpoint('beforeProgressIfSync');
      stream.requestProgress();
    } else {
      const refusal = this.refusalOf(token, request.create.key, request.create.range_end);
      if (refusal === null) stream.create(request.create);
      else stream.refuse(refusal);
    }
  }

  /**
   * Permission is looked at when a watcher is made, with the range as the client sent it. Why it is not given, as Go prints a gRPC
   * error; but for the three that a client can do something about, it is only told that it is not.
   */
  private refusalOf(
    token: ByteString | undefined,
    key: ByteString,
    rangeEnd: ByteString | undefined,
  ): ByteString | null {
    const { auth } = this.state;
    const info = auth.authInfo(token, this.ports.clock.nowNs());
    const losesEnd = rangeEnd === '\0' && this.config.bugs.has('open-end-as-single-key');
    const end = losesEnd ? undefined : rangeEnd;
    const error = info.kind === 'ok' ? auth.checkRange(info.value, key, end) : info.error;
    if (error === null) return null;
    const code = tellingErrors.get(error);
    const told = code === undefined ? errors.permissionDenied : authErrorResponse(error);
    return fromText(`rpc error: code = ${code ?? 'PermissionDenied'} desc = ${told.message}`);
  }

  private complete(answer: Answer): WatchResponse {
    const { revision, ...rest } = answer;
    const { config, state } = this;
    const header = {
      cluster_id: config.clusterId,
      member_id: state.ids.foreign(config.id),
      revision,
      raft_term: this.node.term,
    };
    return { header, ...rest };
  }

  /** Ends all streams: the member stops. */
  closeAll(reason: string): void {
    for (const id of this.clients.keys()) {
      this.ports.network.closeWatch(id, reason);
      this.closed(id);
    }
  }
}
