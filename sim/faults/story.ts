import { faultSettings } from '../disk/host.ts';
import type { RandomStream } from '../random.ts';
import { type Script, sleep, until } from '../script.ts';
import type { CrashMode } from '../trace/kinds.ts';
import type { DiskFaultSettings, InterventionAction } from '../trace/run_info.ts';
import { type DurableFile, type RotPlace, drawBits, logFolder } from './rot.ts';

/** A request to change the cluster is answered within this time, or never. */
const adminTimeoutMs = 8000;

/** What a nemesis may see of a member's disk. */
export interface DiskView {
  readonly faults: DiskFaultSettings;
  readonly stalled: boolean;
  readonly usedSpaceBytes: number;
  /** A sync failed, and the page cache still shows what it did not write. */
  readonly hidesLoss: boolean;
  /** It has said of something that it is durable, and it was not, since the last power loss. */
  readonly hasLied: boolean;
  hasUnsynced(): boolean;
  /** Files with something durable, in path order. */
  durableFiles(): readonly DurableFile[];
}

/** Changes of the cluster that a person asks for. */
export type AdminRequest = Extract<InterventionAction, { readonly kind: 'admin' }>['request'];

/** What a nemesis may see of the world and do to it. */
export interface StoryHost {
  /** Who is in the cluster now, voters and learners, ascending. */
  readonly members: readonly number[];
  /** Machines that were never members. */
  readonly spares: readonly number[];
  isLearner(member: number): boolean;
  /** A client's number on the network. */
  endpointOfClient(client: number): number;
  /** Asks a member to change the cluster; returns the call's number, 0 if it can't be asked now. */
  ask(request: AdminRequest, member: number, via: number): number;
  /** `ok`, an error's text, or null as long as there is no answer. */
  adminAnswer(call: number): string | null;
  readonly clientCount: number;
  /**
   * Applies the fault now and records it in the run's list. False if nothing was done: it makes no sense now, or the atlas forbids it.
   */
  intervene(action: InterventionAction): boolean;
  disk(member: number): DiskView;
  /** The running leader of the highest term, or 0. */
  leader(): number;
  /** Whether the member itself thinks it leads, rightly or not; a paused one may. */
  believesToLead(member: number): boolean;
  isUp(member: number): boolean;
  isPaused(member: number): boolean;
  commitIndex(member: number): number;
  reached(goal: string): void;
  note(text: string): void;
}

/** The vocabulary a scenario's nemesis is written in. Members are numbers from 1. */
export class Story {
  readonly random: RandomStream;
  private readonly host: StoryHost;

  constructor(host: StoryHost, random: RandomStream) {
    this.host = host;
    this.random = random;
  }

  get members(): readonly number[] {
    return this.host.members;
  }

  /** Members in the smallest majority. */
  get majority(): number {
    return Math.floor(this.members.length / 2) + 1;
  }

  sleep(ms: number): Script {
    return sleep(ms);
  }

  /** Sleeps a random whole number of milliseconds from `lowMs` to `highMs`. */
  sleepBetween(lowMs: number, highMs: number): Script {
    return sleep(this.random.between(lowMs, highMs));
  }

  until(condition: () => boolean, timeoutMs: number): Script<boolean> {
    return until(condition, timeoutMs);
  }

  /** The running leader of the highest term, or 0 when there is none. */
  leader(): number {
    return this.host.leader();
  }

  /** Whether the member itself thinks it leads; several may at once, in different terms. */
  believesToLead(member: number): boolean {
    return this.host.believesToLead(member);
  }

  isUp(member: number): boolean {
    return this.host.isUp(member);
  }

  commitIndex(member: number): number {
    return this.host.commitIndex(member);
  }

  /** Waits for a leader (other than `not`) and returns it, or 0 after the timeout. */
  *untilLeader(timeoutMs = 10_000, not = 0): Script<number> {
    yield* until(() => this.leader() !== 0 && this.leader() !== not, timeoutMs);
    const leader = this.leader();
    return leader === not ? 0 : leader;
  }

  /** Waits until the member knows to be committed what any member knows now; false if it does not in time. */
  *untilCaughtUp(member: number, timeoutMs = 10_000): Script<boolean> {
    const target = Math.max(...this.members.map((each) => this.commitIndex(each)));
    return yield* until(() => this.commitIndex(member) >= target, timeoutMs);
  }

  followers(): number[] {
    const leader = this.leader();
    return this.members.filter((member) => member !== leader);
  }

  others(...members: readonly number[]): number[] {
    return this.members.filter((member) => !members.includes(member));
  }

  /** A random choice of `count` members. */
  some(count: number, from: readonly number[] = this.members): number[] {
    return this.random.shuffle(from).slice(0, count);
  }

  /** Cuts every link between the groups, both ways. Links within a group are left as they are. */
  partition(...groups: readonly (readonly number[])[]): void {
    for (const from of groups) {
      for (const to of groups) if (from !== to) this.host.intervene({ kind: 'cut', from, to });
    }
  }

  isolate(member: number): void {
    this.partition([member], this.others(member));
  }

  /** How many clients there are; they are numbered from 1. */
  get clientCount(): number {
    return this.host.clientCount;
  }

  /** Cuts a client off from some members, or from all, until `heal`. On the network clients have the numbers after the members. */
  cutOffClient(client: number, members: readonly number[] = this.members): void {
    this.partition([this.host.endpointOfClient(client)], members);
  }

  /** Drops what travels from `from` to `to`; the way back stays open. */
  cutOneWay(from: readonly number[], to: readonly number[]): void {
    this.host.intervene({ kind: 'cut', from, to });
  }

  /** Keeps messages from `from` to `to` back until `release` or `heal`. */
  hold(from: readonly number[], to: readonly number[]): void {
    this.host.intervene({ kind: 'hold', from, to });
  }

  release(from: readonly number[], to: readonly number[]): void {
    this.host.intervene({ kind: 'mend', from, to });
  }

  heal(): void {
    this.host.intervene({ kind: 'heal' });
  }

  /** On a disk that has lied nothing is torn: half of a database that was never durable is a wrong state, not an old one. */
  crash(member: number, mode: CrashMode = 'random'): void {
    if (!this.host.isUp(member)) return;
    const whole = this.host.disk(member).hasLied && mode !== 'keep' ? 'drop' : mode;
    this.host.intervene({ kind: 'crash', member, mode: whole });
  }

  /**
   * Starts a member that is down. False if it must stay down: its disk is empty. If a failed sync left lies in the page cache, the
   * machine is switched off and on before.
   */
  restart(member: number): boolean {
    if (this.host.isUp(member)) return true;
    if (this.host.disk(member).hidesLoss) this.host.intervene({ kind: 'crash', member, mode: 'drop' });
    return this.host.intervene({ kind: 'restart', member });
  }

  /** Crash, wait, restart. */
  *bounce(member: number, downMs: number, mode: CrashMode = 'random'): Script {
    this.crash(member, mode);
    yield* sleep(downMs);
    this.restart(member);
  }

  /** Lets the member end, with power lost, when it has passed this place `skip` times more (names: `failpointSites`). */
  failpoint(member: number, site: string, skip = 0): boolean {
    return this.host.intervene({ kind: 'failpoint', member, site, skip });
  }

  /** Machines that were never members, and can be added. */
  get spares(): readonly number[] {
    return this.host.spares;
  }

  isLearner(member: number): boolean {
    return this.host.isLearner(member);
  }

  /** Asks `via` (a random member unless told) to change the cluster. Returns `ok`, the error's text, or `no answer`. */
  *admin(request: AdminRequest, member: number, via = this.random.pick(this.members)): Script<string> {
    const call = this.host.ask(request, member, via);
    if (call === 0) return 'no answer';
    yield* until(() => this.host.adminAnswer(call) !== null, adminTimeoutMs);
    return this.host.adminAnswer(call) ?? 'no answer';
  }

  /** Adds a machine to the cluster and starts it. Returns what was answered; if that is open, it is started all the same. */
  *addMember(member: number, how: 'addMember' | 'addLearner' = 'addMember'): Script<string> {
    const answer = yield* this.admin(how, member);
    if (answer === 'ok' || this.members.includes(member)) this.restart(member);
    return answer;
  }

  pause(member: number): void {
    if (this.host.isUp(member) && !this.host.isPaused(member)) this.host.intervene({ kind: 'pause', member });
  }

  resume(member: number): void {
    if (this.host.isPaused(member)) this.host.intervene({ kind: 'resume', member });
  }

  /** Changes every link from now on. Chances are per message, in parts per 10,000; delays in ms. */
  links(change: {
    readonly lossPer10k?: number;
    readonly duplicatePer10k?: number;
    readonly reorderPer10k?: number;
    readonly delayMinMs?: number;
    readonly delayMeanMs?: number;
  }): void {
    this.host.intervene({
      kind: 'links',
      lossPer10k: change.lossPer10k ?? 0,
      duplicatePer10k: change.duplicatePer10k ?? 0,
      reorderPer10k: change.reorderPer10k ?? 500,
      delayMinNs: Math.round((change.delayMinMs ?? 0.2) * 1_000_000),
      delayMeanNs: Math.round((change.delayMeanMs ?? 0.8) * 1_000_000),
    });
  }

  /** Changes a member's fsync latency in ms from now on. */
  slowDisk(member: number, change: { readonly syncMinMs: number; readonly syncMeanMs: number }): void {
    this.host.intervene({
      kind: 'disk',
      member,
      syncMinNs: Math.round(change.syncMinMs * 1_000_000),
      syncMeanNs: Math.round(change.syncMeanMs * 1_000_000),
      lyingSync: false,
    });
  }

  /**
   * Sets all switches of a member's disk (see `DiskFaults`): what is left out is off, so `{}` ends all. False if the atlas forbids it.
   * Bits flip, sectors are misdirected and reads are stale only in the log unless `mediaUnder` says where: other files have no
   * checksums.
   */
  diskFaults(member: number, faults: DiskFaultSettings): boolean {
    const chances = [faults.bitRotPer10k, faults.misdirectPer10k, faults.staleReadPer10k];
    const media = chances.some((per10k) => (per10k ?? 0) > 0);
    const where = media ? { mediaUnder: logFolder, ...faults } : faults;
    return this.host.intervene({ kind: 'diskFaults', member, faults: faultSettings(where) });
  }

  /** Lets a disk have only so many bytes more than it has now. Its other faults stay. */
  fillDisk(member: number, spareBytes = 0): boolean {
    const { faults, usedSpaceBytes } = this.host.disk(member);
    return this.diskFaults(member, { ...faults, fullAtBytes: usedSpaceBytes + spareBytes });
  }

  /** From now on no sync of the member completes, until `releaseDisk`. */
  stallDisk(member: number): boolean {
    return this.host.intervene({ kind: 'diskStall', member });
  }

  releaseDisk(member: number): boolean {
    return this.host.intervene({ kind: 'diskRelease', member });
  }

  /** Flips bits in one sector of what is durable: of a file, or of any in a folder. False if there is none, or the atlas forbids it. */
  rotDisk(member: number, place: RotPlace = {}): boolean {
    const drawn = drawBits(this.host.disk(member).durableFiles(), place, this.random);
    return drawn !== null && this.host.intervene({ kind: 'diskRot', member, ...drawn });
  }

  /** Puts the disks of two members that are down into each other's machines. False if one runs, or the atlas forbids it. */
  swapDisks(one: number, two: number): boolean {
    for (const member of [one, two]) this.switchOff(member);
    return this.host.intervene({ kind: 'diskSwap', members: [one, two] });
  }

  /** Gives a member that is down an empty disk. False if it runs, or the atlas forbids it. */
  wipeDisk(member: number): boolean {
    this.switchOff(member);
    return this.host.intervene({ kind: 'diskWipe', member });
  }

  /** A process that stopped by itself leaves a machine that runs, and a page cache. */
  private switchOff(member: number): void {
    const { host } = this;
    if (!host.isUp(member) && host.disk(member).hasUnsynced()) {
      host.intervene({ kind: 'crash', member, mode: 'drop' });
    }
  }

  /** From now on any disk fault goes, also beyond what can be recovered from; safety is judged as far as Raft still promises it. */
  unrestricted(): void {
    this.host.intervene({ kind: 'atlas', mode: 'unrestricted' });
  }

  /** Marks one of the scenario's "sometimes" goals as reached. */
  reached(goal: string): void {
    this.host.reached(goal);
  }

  /** Leaves a sentence on the timeline. */
  note(text: string): void {
    this.host.note(text);
  }
}
