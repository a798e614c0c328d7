import type { CrashMode, RoleName } from './kinds.ts';

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
  readonly bugs: readonly string[];
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
  /** Drops everything that travels from a member of `from` to a member of `to`. */
  | { readonly kind: 'cut'; readonly from: readonly number[]; readonly to: readonly number[] }
  /** Holds messages from `from` to `to` back until the link is mended. */
  | { readonly kind: 'hold'; readonly from: readonly number[]; readonly to: readonly number[] }
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
  | {
      readonly kind: 'disk';
      readonly member: number;
      readonly syncMinNs: number;
      readonly syncMeanNs: number;
      readonly lyingSync: boolean;
    }
  /** What the story said and reached: part of the list, so that a replay says and reaches it, too. */
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'goal'; readonly goal: string };

export interface Verdict {
  readonly passed: boolean;
  readonly checks: readonly CheckResult[];
  readonly violations: readonly Violation[];
}

export interface CheckResult {
  readonly name: string;
  /** What is promised, in plain words, with the source of the promise. */
  readonly guarantee: string;
  readonly status: 'passed' | 'violated' | 'unknown';
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
