import { type RequestId } from '../../core/base/ids.ts';
import type { Random } from '../../core/ports.ts';
import type { Entry } from '../../core/raft/index.ts';
import type { ClientRequest } from '../../core/server/api/index.ts';
import type { MemberConfig } from '../../core/server/config.ts';
import type { RecoveryFacts } from '../../core/server/observer.ts';
import { Timer } from '../../core/server/tokens.ts';
import { purgeIntervalMs, nsPerMs } from '../../core/limits.ts';
import type { DiskHost } from '../../sim/disk/host.ts';
import { VirtualDisk } from '../../sim/disk/virtual_disk.ts';
import { RandomStream } from '../../sim/random.ts';
import type { CrashMode } from '../../sim/trace/kinds.ts';
import { SingleMember } from '../server/single_member.ts';
import { type Reference, replayed, stateText } from './reference.ts';

/** Everything small, so that a short run takes snapshots, begins files of the log and removes old ones. */
export const small: Partial<MemberConfig> = { snapshotCount: 10, catchUpEntries: 3, walSegmentBytes: 1000 };

/** What a power loss at one point of a run would find. */
export interface Moment {
  readonly disk: VirtualDisk;
  /** Index up to which writes were acknowledged. */
  readonly acked: number;
  /** Index of the newest snapshot that the member counts as done. */
  readonly saved: number;
  readonly number: number;
}

const silentHost: DiskHost = {
  nowNs: () => 0,
  scheduleCompletion() {},
  onWrite() {},
  onSyncStart() {},
  onSyncDone() {},
  onRename() {},
  onTruncate() {},
  onRemove() {},
  onFault() {},
};

export interface LoneParts {
  /** The disk to start on, an empty one if absent. It is copied. */
  readonly from?: VirtualDisk;
  /** Makes an empty disk of another kind. */
  readonly newDisk?: (host: DiskHost) => VirtualDisk;
  /** The log as it was before the start. */
  readonly log?: readonly Entry[];
  /** A follower's: it may get any part of this, and nothing else. */
  readonly leaderLog?: readonly Entry[];
  readonly peers?: number;
  readonly config?: Partial<MemberConfig>;
  /** Keep each so many-th moment; 0: none. */
  readonly momentEvery?: number;
  /** Finds out what has been promised by now. */
  readonly onMoment?: () => void;
}

/** A member alone, with its log as an observer sees it and the moments at which the power may fail. */
export class Lone {
  readonly single: SingleMember;
  readonly moments: Moment[] = [];
  log: Entry[];
  /** Index of the newest entry whose effect a client (or a leader) was told of. */
  acked = 0;
  facts: RecoveryFacts | null = null;
  momentEvery: number;
  /** Received snapshots that became the state. */
  installs = 0;
  private readonly onMoment: () => void;
  private readonly leaderLog: readonly Entry[] | null;
  private saved = 0;
  private momentsSeen = 0;
  /** Known before `single` is: its start is part of what the power may interrupt. */
  private disk: VirtualDisk | null = null;

  constructor(parts: LoneParts = {}) {
    this.onMoment = parts.onMoment ?? (() => undefined);
    this.leaderLog = parts.leaderLog ?? null;
    this.log = [...(parts.leaderLog ?? parts.log ?? [])];
    this.momentEvery = parts.momentEvery ?? 0;
    const { from, newDisk = goodDisk } = parts;
    this.single = new SingleMember(parts.peers ?? 1, [], {
      config: { ...small, ...parts.config },
      onDiskStep: () => this.keepMoment(),
      disk: (host) => (this.disk = from?.clone(host, new RandomStream('disk')) ?? newDisk(host)),
      observer: {
        onAppend: (entries) => this.append(entries),
        onWriteAcknowledged: (index) => (this.acked = Math.max(this.acked, index)),
        onSnapshotSaved: (index) => (this.saved = index),
        onSnapshotInstalled: (index) => this.installed(index),
        onRecovered: (facts) => this.recovered(facts),
      },
    });
  }

  private keepMoment(): void {
    const { disk } = this;
    if (disk === null || this.momentEvery === 0) return;
    if (this.momentsSeen++ % this.momentEvery !== 0) return;
    this.onMoment();
    const { acked, saved } = this;
    const copy = disk.clone(silentHost, new RandomStream('moment'));
    this.moments.push({ disk: copy, acked, saved, number: this.momentsSeen });
  }

  private append(entries: readonly Entry[]): void {
    const first = entries[0];
    if (first === undefined) return;
    if (this.leaderLog !== null) {
      this.log = this.leaderLog.slice(0, entries.at(-1)?.index);
      return;
    }
    if (first.index > this.log.length + 1) throw new Error(`a gap before entry ${first.index}`);
    this.log.length = first.index - 1;
    this.log.push(...entries);
  }

  private installed(index: number): void {
    this.installs++;
    if (this.leaderLog !== null) this.log = this.leaderLog.slice(0, index);
  }

  private recovered(facts: RecoveryFacts): void {
    this.facts = facts;
    const { snapshotIndex, entries } = facts;
    const last = snapshotIndex + entries.length;
    if (last > this.log.length) throw new Error(`${last - this.log.length} entries were invented`);
    for (const entry of entries) checkSame(entry, this.log[entry.index - 1]);
    this.log.length = last;
  }

  /** Index of the last entry that was found on the disk at the start. */
  get lastFound(): number {
    return (this.facts?.snapshotIndex ?? 0) + (this.facts?.entries.length ?? 0);
  }

  get state(): string {
    const { store } = this.single.member;
    if (store === null) throw new Error(`no state: ${this.single.failures.join()}`);
    return stateText(store);
  }

  request(request: ClientRequest): RequestId {
    return this.single.request(request);
  }

  /** The backend's batch is committed. */
  commitBackend(): void {
    this.single.member.onTimer(Timer.commit);
  }

  /** Old files go; whoever waits for an answer gives up. */
  purge(): void {
    this.single.nowNs += purgeIntervalMs * nsPerMs;
    this.single.tick();
  }

  snapshotFiles(): string[] {
    return this.single.disk.list('member/snap').filter((name) => name.endsWith('.snap'));
  }

  logFiles(): string[] {
    return this.single.disk.list('member/wal').filter((name) => name.endsWith('.wal'));
  }
}

function goodDisk(host: DiskHost): VirtualDisk {
  return new VirtualDisk(host, { syncMinNs: 1, syncMeanNs: 0 }, new RandomStream('disk'));
}

function checkSame(found: Entry, written: Entry | undefined): void {
  const same =
    written !== undefined &&
    found.index === written.index &&
    found.term === written.term &&
    found.type === written.type &&
    Buffer.compare(found.data, written.data) === 0;
  if (!same) throw new Error(`entry ${found.index} is not the one that was written`);
}

export function powerLoss(moment: Moment, mode: CrashMode, random: Random): VirtualDisk {
  const disk = moment.disk.clone(silentHost, new RandomStream('lost'));
  disk.crash(random, mode);
  return disk;
}

/** What is known of a member when the power fails. */
export interface Before {
  readonly log: readonly Entry[];
  readonly acked: number;
  /** The log's states. */
  readonly reference: Reference;
}

/** Starts a member on what was left, and lets it lead. Throws if it has lost what it acknowledged, or has what nobody wrote. */
export function restarted(disk: VirtualDisk, before: Before, momentEvery = 0): Lone {
  const lone = new Lone({ from: disk, log: before.log, momentEvery });
  checkStart(lone, before);
  lone.momentEvery = 0;
  return lone;
}

/** The same for a member that has just been started. */
export function checkStart(lone: Lone, before: Before): void {
  const { single, lastFound } = lone;
  single.lead();
  if (single.failures.length > 0) throw new Error(`does not start: ${single.failures.join()}`);
  if (single.member.role !== 'leader') throw new Error('does not lead');
  if (lastFound < before.acked) throw new Error(`entry ${before.acked} was acknowledged, ${lastFound} found`);
  const expected = before.reference.at(lastFound);
  if (lone.state !== expected) throw new Error(`after entry ${lastFound}: ${lone.state}, not ${expected}`);
}

export function referenceOf(lone: Lone): Reference {
  return replayed(lone.single.ids, lone.log);
}
