import type { EtcdClient } from './cluster/etcd_api.ts';
import type { V2WatchRequest, V2WatchStart } from './cluster/v2_watches.ts';
import type { Story } from './faults/story.ts';
import type { LinkParameters } from './network/network.ts';
import type { RandomStream } from './random.ts';
import type { V2Operation, V2Request } from './checkers/v2/index.ts';
import type { Script } from './script.ts';

/** One story: who does what to whom, under which load, and what must have happened. */
export interface Scenario {
  /** Lower-case words joined by '-': what `detcd run` takes. */
  readonly name: string;
  /** The story in one sentence. */
  readonly sentence: string;
  /** Defaults that a run may override. */
  readonly members: number;
  readonly clients: number;
  readonly durationMs: number;
  /** Machines that the nemesis may let join, numbered after the members. */
  readonly spares?: number;
  /**
   * The first of those machines has the first member's address, and so on: while a member is down, raft messages for it arrive at the
   * machine that takes its place, as soon as that runs.
   */
  readonly sparesTakeOver?: boolean;
  readonly links?: Partial<LinkParameters>;
  /** Settings of every member. */
  readonly member?: MemberSettings;
  /** What every client does until the time is up. */
  readonly workload: Workload;
  /** What goes wrong. Its faults are recorded; a replay applies the record and doesn't run this. */
  readonly nemesis: (story: Story) => Script;
  /** Goals that runs of this scenario must reach now and then; one that never is means the scenario has lost its point. */
  readonly sometimes: readonly SometimesGoal[];
  /**
   * The longest time, in virtual ms, that the clients' scripts may go on after the load's end, in a world without faults, until they
   * come to their own end: they see `client.over`. Absent: they stop where they are.
   */
  readonly windDownMs?: number;
  /** What this scenario promises beside what every run does, judged by what its clients noted. A replay judges the same. */
  readonly judge?: (observed: Observed) => readonly ScenarioCheck[];
}

/** What a client's script wrote down of what it did or saw: `client.note(topic, data)`. */
export interface ClientNote {
  /** From 1. */
  readonly client: number;
  readonly ns: number;
  readonly topic: string;
  /** Plain data. */
  readonly data: unknown;
}

export interface Observed {
  /** In the order in which they were written down. */
  readonly notes: readonly ClientNote[];
  readonly clients: number;
  /** When the load had ended and every fault was undone. */
  readonly healedNs: number;
  /** Whether every client's script came to its own end in time. */
  readonly woundDown: boolean;
}

/** A promise of a scenario, and what broke it. */
export interface ScenarioCheck {
  readonly name: string;
  /** In plain words, with the source of the promise. */
  readonly guarantee: string;
  /** How much was looked at. */
  readonly detail: string;
  readonly violations: readonly { readonly sentence: string; readonly atNs: number }[];
}

/** What of a member's configuration a scenario may choose; the rest is etcd's default. */
export interface MemberSettings {
  /** False: members stand for election without asking first whether they could win. */
  readonly preVote?: boolean;
  /** Entries applied between two snapshots. */
  readonly snapshotCount?: number;
  /** Entries kept in memory behind a snapshot. */
  readonly catchUpEntries?: number;
  /** Bytes of entries in one append, and of committed entries that are applied in one go; 1: one entry at a time. */
  readonly messageBytesMax?: number;
  /** A file of the log that has grown to this size is followed by a new one. */
  readonly walSegmentBytes?: number;
  /** Stored revisions that one step of a compaction looks at. */
  readonly compactionBatchLimit?: number;
  /** False: the membership may be changed at any time, also where that could cost the quorum. */
  readonly strictReconfiguration?: boolean;
  /** Database size in bytes above which writes are refused. */
  readonly quotaBytes?: number;
  /** Long leases' time left is written into the log. */
  readonly leaseCheckpoints?: boolean;
  /** How often, with `leaseCheckpoints`. */
  readonly leaseCheckpointMs?: number;
  /** What they say survives a restart. */
  readonly persistLeaseCheckpoints?: boolean;
  /** The leader compares the members' data this often. */
  readonly corruptCheckMs?: number;
}

export interface SometimesGoal {
  readonly goal: string;
  /** Judged at the end of the run. Without it, the nemesis says `story.reached(goal)`. */
  readonly when?: (facts: RunFacts, observed: Observed) => boolean;
}

/** What happened in a run, for goals. */
export interface RunFacts {
  /** Terms in which somebody stood for election. */
  readonly candidateTerms: number;
  /** Terms in which two or more stood. */
  readonly contestedTerms: number;
  /** Terms in which somebody stood and nobody won. */
  readonly leaderlessTerms: number;
  readonly leaderTerms: number;
  readonly crashes: number;
  readonly droppedSectors: number;
  readonly tornFiles: number;
  /** Bytes that WAL repairs cut off. */
  readonly repairedBytes: number;
  readonly lostMessages: number;
  /** What narrow links had no room for; what arrived with a flipped bit, and was refused; what was lost with the connection then. */
  readonly queueFullDrops: number;
  readonly corruptFrames: number;
  readonly resetDrops: number;
  /** Processes that ended as they were asked to. */
  readonly gracefulStops: number;
  readonly unknownOperations: number;
  readonly stepDowns: number;
  readonly truncatedEntries: number;
  /** Snapshots that members took of themselves, and those that replaced a member's state. */
  readonly snapshotsSaved: number;
  readonly snapshotsInstalled: number;
  /** Starts at which a received snapshot's backend took the place of an older one. */
  readonly snapshotsFoundAtBoot: number;
  /** Times that a watch went on on another stream. */
  readonly watchesResumed: number;
}

export type Workload = (client: WorkloadClient) => Script;

/** What a client's call came to, as the script sees it. */
export type CallResult<Value> =
  | { readonly status: 'ok'; readonly value: Value; readonly revision: number }
  /** Certainly without effect. */
  | { readonly status: 'fail'; readonly message: string }
  /** May have happened, may still happen. */
  | { readonly status: 'unknown'; readonly message: string };

/** A client as workload scripts use it: `const got = yield* client.get('a')`. Keys and values are text. */
export interface WorkloadClient {
  /** From 1. */
  readonly number: number;
  readonly random: RandomStream;
  /** All of etcd's API; keys and values are byte strings. */
  readonly etcd: EtcdClient;
  /** The load has ended, and the script is to come to its own end (only with `windDownMs`). */
  readonly over: boolean;
  /** One operation on etcd's v2 API, asked of this member by a program beside it. It is noted: `judgeV2` reads that. */
  v2(member: number, request: V2Request): Script<V2Operation['outcome']>;
  /** Begins to wait there for changes. Takes no time: a script that asks again and again sleeps between. */
  v2Watch(member: number, request: V2WatchRequest): V2WatchStart;
  /** Writes down what the scenario's own checks are to know. `data` is plain. */
  note(topic: string, data: unknown): void;
  sleep(ms: number): Script;
  /** Null when the key is absent. */
  get(key: string): Script<CallResult<string | null>>;
  put(key: string, value: string): Script<CallResult<null>>;
  /** Returns whether there was something to delete. */
  delete(key: string): Script<CallResult<boolean>>;
  /** Writes `value` if the key's value is `expected` (null: if it is absent), in one txn. Returns whether it did. */
  compareAndSwap(key: string, expected: string | null, value: string): Script<CallResult<boolean>>;
}
