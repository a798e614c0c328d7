/** Our member alone on a virtual disk and a virtual clock, which moves only as far as an answer needs. */
import { type ByteString, toText } from '../../core/base/bytes.ts';
import { type RequestId, nodeId, requestId } from '../../core/base/ids.ts';
import { NodeIdTable } from '../../core/base/node_ids.ts';
import { nsPerMs } from '../../core/limits.ts';
import type { StreamId } from '../../core/ports.ts';
import type {
  ClientRequest,
  ClientResponse,
  ClusterMember,
  WatchRequest,
  WatchResponse,
} from '../../core/server/api/index.ts';
import { memberDefaults } from '../../core/server/config.ts';
import { Member } from '../../core/server/member.ts';
import type { EtcdPorts } from '../../core/server/traffic.ts';
import type { DiskHost } from '../../sim/disk/host.ts';
import { VirtualDisk } from '../../sim/disk/virtual_disk.ts';
import { RandomStream } from '../../sim/random.ts';
import { type Side, type WatchFeed, memberTimes } from './side.ts';
import { Timeline } from './timeline.ts';

/** Virtual time that an answer, or the events of a watch, may take. */
const patienceNs = 20_000 * nsPerMs;
const syncNs = 1000;
const clientWindow = 1_000_000;
/** Far from the numbers that leases are given in requests. */
const ownId = 0x1000n;
const firstNewId = ownId + 1n;

export class MemberSide implements Side {
  readonly name = 'detcd';
  readonly member: Member;
  private readonly timeline = new Timeline();
  private readonly disk: VirtualDisk;
  private readonly answers = new Map<RequestId, ClientResponse>();
  private readonly feeds = new Map<StreamId, MemberWatch>();
  private readonly log: string[] = [];
  private nextRequest = 1;
  private nextStream = 1;

  /** Named and reachable as its counterpart. */
  constructor(place: ClusterMember) {
    const random = new RandomStream('differential');
    this.disk = new VirtualDisk(this.diskHost(), { syncMinNs: syncNs, syncMeanNs: 0 }, random.fork('disk'));
    const { heartbeatMs, electionMs } = memberTimes;
    const name = toText(place.name);
    const self = { id: nodeId(1), name, peerUrls: place.peerURLs.map((url) => toText(url)) };
    let added = 0n;
    const config = {
      ...memberDefaults,
      id: self.id,
      name,
      clientUrls: place.clientURLs.map((url) => toText(url)),
      clusterId: 7n,
      initialMembers: [self],
      newMemberId: () => firstNewId + added++,
      ids: new NodeIdTable([[self.id, ownId]]),
      heartbeatIntervalMs: heartbeatMs,
      electionTicks: electionMs / heartbeatMs,
    };
    this.member = new Member(config, this.ports(random.fork('member')), null);
    this.member.start();
    const leading = this.timeline.run(patienceNs, () => this.member.role === 'leader');
    if (!leading) throw new Error(`our member does not lead: ${this.log.join('; ')}`);
    // As its counterpart, it has then published itself and decided upon the cluster's version.
    this.timeline.run(1000 * nsPerMs, () => false);
  }

  private diskHost(): DiskHost {
    const nothing = (): void => undefined;
    return {
      nowNs: () => this.timeline.nowNs,
      scheduleCompletion: (id, atNs) => this.timeline.at(atNs, () => this.completeSync(id)),
      onWrite: nothing,
      onSyncStart: nothing,
      onSyncDone: nothing,
      onRename: nothing,
      onTruncate: nothing,
      onRemove: nothing,
      onFault: nothing,
    };
  }

  private completeSync(id: number): void {
    const done = this.disk.completeSync(id);
    if (done !== null) this.member.onDisk(done.token, done.error);
  }

  private ports(random: RandomStream): EtcdPorts {
    const nothing = (): void => undefined;
    return {
      clock: {
        nowNs: () => this.timeline.nowNs,
        wallNs: () => BigInt(this.timeline.nowNs),
        armTimer: (token, delayNs) =>
          this.timeline.at(this.timeline.nowNs + delayNs, () => this.member.onTimer(token)),
      },
      network: {
        send: nothing,
        sendSnapshot: nothing,
        respond: (id, response) => void this.answers.set(id, response),
        sendWatch: (stream, response) => this.feeds.get(stream)?.received.push(response),
        closeWatch: (stream) => void this.feeds.delete(stream),
        // Nobody else is there.
        callPeer: (_to, _call, token) =>
          this.timeline.at(this.timeline.nowNs + nsPerMs, () => this.member.onPeerAnswer(token, null)),
        answerPeer: nothing,
      },
      disk: this.disk,
      random,
      log: { enabled: (level) => level === 'error', line: (_level, text) => void this.log.push(text) },
    };
  }

  call(request: ClientRequest, token?: ByteString): Promise<ClientResponse> {
    const id = requestId(this.nextRequest++);
    this.member.onRequest(id, request, token);
    this.timeline.run(patienceNs, () => this.answers.has(id));
    const answer = this.answers.get(id);
    this.answers.delete(id);
    if (answer === undefined) {
      const state = this.member.failed ? `it has stopped: ${this.log.join('; ')}` : 'it goes on';
      return Promise.reject(new Error(`our member did not answer ${request.kind}; ${state}`));
    }
    return Promise.resolve(answer);
  }

  openWatch(token?: ByteString): WatchFeed {
    const stream = this.nextStream++;
    const feed = new MemberWatch(this.member, this.timeline, stream);
    this.feeds.set(stream, feed);
    this.member.onWatchOpen(stream, clientWindow, token);
    return feed;
  }

  pass(ms: number): Promise<void> {
    this.timeline.run(ms * nsPerMs, () => false);
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}

class MemberWatch implements WatchFeed {
  readonly received: WatchResponse[] = [];
  private readonly member: Member;
  private readonly timeline: Timeline;
  private readonly stream: StreamId;

  constructor(member: Member, timeline: Timeline, stream: StreamId) {
    this.member = member;
    this.timeline = timeline;
    this.stream = stream;
  }

  send(request: WatchRequest): void {
    this.member.onWatchRequest(this.stream, request);
  }

  until(condition: () => boolean): Promise<void> {
    this.timeline.run(patienceNs, condition);
    return Promise.resolve();
  }

  close(): void {
    this.member.onWatchClosed(this.stream);
  }
}
