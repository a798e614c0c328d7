import type { AtlasMode } from '../disk/atlas.ts';
import type { DiskFaults } from '../disk/host.ts';
import type { LinkSettings } from '../network/settings.ts';
import type { ClientCall } from './client_call.ts';
import type { CrashMode, ReleaseOrder, RoleName } from './kinds.ts';
import type { MessageTypeName } from './message_types.ts';

/** What a run is a function of, and what came out: the head of every trace file, plain JSON. */
export interface RunInfo {
  readonly build: string;
  readonly scenario: string;
  /** The scenario's one-sentence story. */
  readonly sentence: string;
  readonly seed: string;
  readonly options: RunOptions;
  /** Every fault of the run, in order. Replaying applies this list instead of asking the scenario again. */
  readonly interventions: readonly Intervention[];
  readonly lanes: readonly Lane[];
  readonly verdict: Verdict;
  readonly summary: RunSummary;
  /** Goals the scenario says it must reach, and whether this run did. */
  readonly sometimes: readonly { readonly goal: string; readonly reached: boolean }[];
  /** Per key, the order of the client operations that explains every answer; empty where none exists. */
  readonly linearizations: readonly { readonly key: string; readonly operations: readonly number[] }[];
  /** Digest over all events and texts, 16 hex digits. */
  readonly digest: string;
}

export interface RunOptions {
  readonly members: number;
  readonly clients: number;
  readonly durationMs: number;
  /** Machines that can join; absent if there are none. */
  readonly spares?: number;
  /** What is left of the clients' load; absent if every client does all that its script asks for. */
  readonly load?: readonly ClientLoad[];
  readonly bugs: readonly string[];
  /** What the first members started on, if they did not start as new: a replay needs the same directories. */
  readonly imported?: readonly ImportedRecord[];
  /** The file that the scenario is in, if it is none of the catalogue: a replay needs the same file. */
  readonly source?: ScenarioSource;
}

/** What is left of one client's load. A client that is not named does everything. */
export interface ClientLoad {
  /** From 1. */
  readonly client: number;
  /** Ascending and apart. Empty: the client does nothing at all. */
  readonly operations: readonly KeptOperations[];
}

/**
 * Operations that a client's script does, by their numbers from 1, both ends included. Those before are refused without being sent, and
 * its sleeps until then are none; the script ends when it asks for one after the last range.
 */
export interface KeptOperations {
  readonly first: number;
  readonly last: number;
  /** The first begins at this virtual time, or when the script comes to it, if that is later. */
  readonly atNs: number;
}

/** A scenario's file as it was. */
export interface ScenarioSource {
  /** Without its folder. */
  readonly file: string;
  /** Of its bytes, 8 hex digits. What it imports is not covered. */
  readonly crc32c: string;
}

/** A directory that came from outside. Ids as etcd prints them, in hexadecimal. */
export interface ImportedRecord {
  readonly member: string;
  readonly cluster: string;
  readonly files: number;
  readonly bytes: number;
  /** Over all paths, sizes and bytes, 8 hex digits. */
  readonly crc32c: string;
}

/** One row of lanes on the timeline. Lane 0 is the world: faults, violations, goals. */
export interface Lane {
  readonly id: number;
  readonly kind: 'world' | 'member' | 'client';
  readonly name: string;
}

/** A fault as data. `target` and `args` depend on the kind; ids are member numbers from 1. */
export type Intervention = { readonly atNs: number } & InterventionAction;

export type InterventionAction =
  | { readonly kind: 'crash'; readonly member: number; readonly mode: CrashMode }
  | { readonly kind: 'restart'; readonly member: number }
  | { readonly kind: 'pause'; readonly member: number }
  | { readonly kind: 'resume'; readonly member: number }
  /** Drops everything that travels from a member of `from` to a member of `to`; with `only`, only raft messages of these types. */
  | {
      readonly kind: 'cut';
      readonly from: readonly number[];
      readonly to: readonly number[];
      readonly only?: readonly MessageTypeName[];
    }
  /** Holds messages from `from` to `to` back until the link is mended; with `only`, only raft messages of these types. */
  | {
      readonly kind: 'hold';
      readonly from: readonly number[];
      readonly to: readonly number[];
      readonly only?: readonly MessageTypeName[];
    }
  /** What these links hold now is sent on or lost, and they go on holding. `first`: so many of each link; absent: all. */
  | {
      readonly kind: 'letThrough';
      readonly from: readonly number[];
      readonly to: readonly number[];
      readonly how: ReleaseOrder;
      readonly only?: readonly MessageTypeName[];
      readonly first?: number;
    }
  /** The last messages of a type that these links delivered come once more, now. */
  | {
      readonly kind: 'repeat';
      readonly from: readonly number[];
      readonly to: readonly number[];
      readonly type: MessageTypeName;
      readonly last: number;
    }
  /** Removes cuts and releases held messages on the given links. */
  | { readonly kind: 'mend'; readonly from: readonly number[]; readonly to: readonly number[] }
  /** Mends every link. */
  | { readonly kind: 'heal' }
  /** Chances in parts per 10,000 per message, delays in ns, on every link from now on. */
  | {
      readonly kind: 'links';
      readonly lossPer10k: number;
      readonly duplicatePer10k: number;
      readonly reorderPer10k: number;
      readonly delayMinNs: number;
      readonly delayMeanNs: number;
    }
  /** These directed links have settings of their own from now on, in place of those they had; `{}`: none. */
  | {
      readonly kind: 'link';
      readonly from: readonly number[];
      readonly to: readonly number[];
      readonly settings: LinkSettings;
    }
  /** What is sent on these links arrives only after this time; 0: as usual again. */
  | {
      readonly kind: 'clog';
      readonly from: readonly number[];
      readonly to: readonly number[];
      readonly forNs: number;
    }
  /** The member's process is asked to end (SIGTERM): it ends when everything is on its disk. */
  | { readonly kind: 'stop'; readonly member: number }
  /** The member's clock runs faster than the world's by so many parts per million; negative: slower; 0: as it should. */
  | { readonly kind: 'clockDrift'; readonly member: number; readonly ppm: number }
  /** The member's clock stands still, until `clockThaw`; its process goes on. */
  | { readonly kind: 'clockFreeze'; readonly member: number }
  | { readonly kind: 'clockThaw'; readonly member: number }
  /** The member's time of day is set forward, or back if negative; its monotonic time goes on. */
  | { readonly kind: 'clockStep'; readonly member: number; readonly byNs: number }
  /** The member's fsync latency from now on. With `lyingSync` its fsync also lies, until `diskFaults` says otherwise. */
  | {
      readonly kind: 'disk';
      readonly member: number;
      readonly syncMinNs: number;
      readonly syncMeanNs: number;
      readonly lyingSync: boolean;
    }
  /** The member's disk has these faults from now on, and no others: what is left out is off. */
  | { readonly kind: 'diskFaults'; readonly member: number; readonly faults: DiskFaultSettings }
  /** No sync completes until `diskRelease`; a process that starts meanwhile waits. */
  | { readonly kind: 'diskStall'; readonly member: number }
  | { readonly kind: 'diskRelease'; readonly member: number }
  /** Flips bits of what is durable of a file; bit 0 is the lowest of byte 0. */
  | {
      readonly kind: 'diskRot';
      readonly member: number;
      readonly file: string;
      readonly bits: readonly number[];
    }
  /** Two members that are down get each other's disks. */
  | { readonly kind: 'diskSwap'; readonly members: readonly [number, number] }
  /** A member that is down gets an empty disk. */
  | { readonly kind: 'diskWipe'; readonly member: number }
  /** Which disk faults are let through from now on. */
  | { readonly kind: 'atlas'; readonly mode: AtlasMode }
  /** The member's process ends, and its machine loses power, when it has passed this place `skip` times more. */
  | { readonly kind: 'failpoint'; readonly member: number; readonly site: string; readonly skip: number }
  /** What is armed of the member's places, and has not ended it, does not any more. */
  | { readonly kind: 'disarm'; readonly member: number }
  /** Member `via` is asked to change the cluster: to do this with `member`. */
  | {
      readonly kind: 'admin';
      readonly via: number;
      readonly request: 'addMember' | 'addLearner' | 'removeMember' | 'promoteMember' | 'moveLeader';
      readonly member: number;
    }
  /** The member has this planted bug, or has it no more, from its next start on: another version of the program. */
  | { readonly kind: 'switchBug'; readonly member: number; readonly bug: string; readonly on: boolean }
  /** A client (from 1) reads an answer of its watch streams only every so often; 0: at once, as usual. */
  | { readonly kind: 'slowClient'; readonly client: number; readonly takeEveryMs: number }
  /** A client (from 1) is asked for this, beside what its script does. */
  | { readonly kind: 'call'; readonly client: number; readonly request: ClientCall }
  /** What the story said and reached: part of the list, so that a replay says and reaches it, too. */
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'goal'; readonly goal: string };

/** Switches of a disk that are not as they are on a good one. */
export type DiskFaultSettings = Readonly<Partial<DiskFaults>>;

export interface Verdict {
  readonly passed: boolean;
  readonly checks: readonly CheckResult[];
  readonly violations: readonly Violation[];
  /** What disk faults did to the members' copies; absent if every copy stayed whole. */
  readonly damage?: DiskDamage;
}

export interface DiskDamage {
  /** `unrestricted` if the run ever was. */
  readonly mode: AtlasMode;
  readonly members: readonly DamagedMember[];
  /** From when on so many members could have forgotten what they acknowledged that Raft promises nothing; -1 if never. */
  readonly safetyLostNs: number;
  /** At some time too many members were stopped by their disks to make a quorum. */
  readonly availabilityLost: boolean;
  /** What broke and was not promised on such disks. */
  readonly expected: readonly Violation[];
}

export interface DamagedMember {
  readonly member: number;
  /** Every kind of fault it had, in the order of their first time. */
  readonly faults: readonly string[];
  /** At the end: whole again; damaged so that the member notices; it may lack what was acknowledged, or be wrong. */
  readonly copy: 'repaired' | 'damaged' | 'forgetful';
}

export interface CheckResult {
  readonly name: string;
  /** What is promised, in plain words, with the source of the promise. */
  readonly guarantee: string;
  /** `not promised`: it does not hold, and on disks as damaged as these nobody promised that it would. */
  readonly status: 'passed' | 'violated' | 'unknown' | 'not promised';
  /** How much was looked at: "2,113 operations on 5 keys". */
  readonly detail: string;
}

export interface Violation {
  readonly check: string;
  readonly atNs: number;
  /** One sentence that says what went wrong. */
  readonly sentence: string;
  /** The explanation, a line each. */
  readonly lines: readonly string[];
  /** Ids of the client operations concerned; the first is the one that can't be placed. */
  readonly operations: readonly number[];
  /** Indexes of the trace events concerned. */
  readonly events: readonly number[];
}

export interface RunSummary {
  readonly virtualNs: number;
  readonly schedulerEvents: number;
  readonly traceEvents: number;
  readonly operations: { readonly ok: number; readonly fail: number; readonly unknown: number };
  readonly messages: { readonly sent: number; readonly delivered: number; readonly dropped: number };
  readonly elections: number;
  readonly crashes: number;
  readonly revision: number;
}

export type { RoleName };
