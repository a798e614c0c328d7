import type { RandomStream } from '../random.ts';
import { type Script, sleep, until } from '../script.ts';
import type { CrashMode } from '../trace/kinds.ts';
import type { InterventionAction } from '../trace/run_info.ts';

/** What a nemesis may see of the world and do to it. */
export interface StoryHost {
  readonly members: readonly number[];
  /** Applies the fault now and records it in the run's list. */
  intervene(action: InterventionAction): void;
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

  crash(member: number, mode: CrashMode = 'random'): void {
    if (this.host.isUp(member)) this.host.intervene({ kind: 'crash', member, mode });
  }

  restart(member: number): void {
    if (!this.host.isUp(member)) this.host.intervene({ kind: 'restart', member });
  }

  /** Crash, wait, restart. */
  *bounce(member: number, downMs: number, mode: CrashMode = 'random'): Script {
    this.crash(member, mode);
    yield* sleep(downMs);
    this.restart(member);
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
  disk(member: number, change: { readonly syncMinMs: number; readonly syncMeanMs: number }): void {
    this.host.intervene({
      kind: 'disk',
      member,
      syncMinNs: Math.round(change.syncMinMs * 1_000_000),
      syncMeanNs: Math.round(change.syncMeanMs * 1_000_000),
      lyingSync: false,
    });
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
