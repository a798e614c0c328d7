import type { RandomStream } from '../random.ts';
import { type Script, sleep, until } from '../script.ts';
import type { StoryHost } from './story_host.ts';

/** What a story sees of the world, how it waits, and how it speaks. Members are numbers from 1, clients too. */
export class StoryBase {
  readonly random: RandomStream;
  protected readonly host: StoryHost;

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

  /** How many clients there are; they are numbered from 1. */
  get clientCount(): number {
    return this.host.clientCount;
  }

  /** A client's number on the network, where clients come after the members. */
  endpointOfClient(client: number): number {
    return this.host.endpointOfClient(client);
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
