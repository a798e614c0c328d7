import type { RunSpec } from '../worker_protocol.ts';

/** Page to worker: what is in this member's memory at this virtual time? The worker runs the run again up to there. */
export interface LookRequest {
  readonly type: 'look';
  readonly spec: RunSpec;
  /** From 1. */
  readonly member: number;
  readonly atNs: number;
}

/** Worker to page: a member's state, read from the run that was run again. Plain data. */
export interface MemberLook {
  readonly type: 'look';
  readonly member: number;
  /** What was asked for, and where the run stands: earlier if the load had ended before. */
  readonly askedNs: number;
  readonly atNs: number;
  /** Events of the trace so far, and a sum over them: equal to the page's own if it is the same run. */
  readonly events: number;
  readonly sum: number;
  readonly process: 'up' | 'paused' | 'starting' | 'down';
  readonly clock: ClockLook;
  /** Null while the process is down or reads its disk. */
  readonly raft: RaftLook | null;
  readonly store: StoreLook | null;
  readonly watches: WatchesLook | null;
  readonly leases: LeasesLook | null;
}

export interface ClockLook {
  /** How far its monotonic time is ahead of the world's; negative: behind. */
  readonly offsetNs: number;
  readonly driftPpm: number;
  readonly frozen: boolean;
  /** By how much its time of day was set forward beside. */
  readonly steppedNs: number;
}

export interface RaftLook {
  readonly role: string;
  readonly term: number;
  /** Member numbers, 0 for none. */
  readonly vote: number;
  readonly leader: number;
  readonly transferee: number;
  readonly commit: number;
  readonly applied: number;
  readonly last: number;
  readonly voters: readonly number[];
  /** Voters of the configuration that a joint one leaves. */
  readonly outgoing: readonly number[];
  readonly learners: readonly number[];
  /** What a leader knows of the others, itself included; empty on others. */
  readonly progress: readonly ProgressLook[];
}

export interface ProgressLook {
  readonly member: number;
  readonly state: string;
  readonly match: number;
  readonly next: number;
  readonly inflight: number;
  readonly paused: boolean;
  readonly recentActive: boolean;
  readonly learner: boolean;
}

export interface StoreLook {
  readonly revision: number;
  /** -1: nothing was compacted. */
  readonly compacted: number;
  /** Up to where a compaction has removed what it drops. */
  readonly compactionDone: number;
  readonly keyCount: number;
  /** The first of them, in byte order. */
  readonly keys: readonly KeyLook[];
}

export interface KeyLook {
  readonly key: string;
  /** Of the newest put; absent if the key does not exist. */
  readonly now?: {
    readonly value: string;
    readonly version: number;
    readonly created: number;
    readonly modified: number;
    /** Hexadecimal, '' for none. */
    readonly lease: string;
  };
  readonly generations: readonly GenerationLook[];
}

export interface GenerationLook {
  /** "12", or "12.3" for a later change of one transaction; those that are stored. */
  readonly revisions: readonly string[];
  /** The last is a tombstone. */
  readonly ended: boolean;
}

export interface WatchesLook {
  readonly synced: readonly WatcherLook[];
  readonly unsynced: readonly WatcherLook[];
  readonly victims: readonly WatcherLook[];
  /** Answers that wait in each stream, those of requests apart. */
  readonly streams: readonly { readonly answers: number; readonly controls: number }[];
}

export interface WatcherLook {
  /** From 1, in the order in which the streams were opened. */
  readonly stream: number;
  readonly id: number;
  readonly range: string;
  /** As the client asked, 0 for "from now on". */
  readonly start: number;
  /** The next revision that it is to be given. */
  readonly next: number;
}

export interface LeasesLook {
  /** Only the primary, which is the leader, measures time. */
  readonly primary: boolean;
  readonly list: readonly LeaseLook[];
}

export interface LeaseLook {
  /** Hexadecimal, as etcdctl prints it. */
  readonly id: string;
  readonly grantedSeconds: number;
  /** Null where no time runs: on all but the primary. */
  readonly leftMs: number | null;
  readonly keys: readonly string[];
}
