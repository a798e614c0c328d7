/** What the page and the worker that runs scenarios say to each other. Plain data, sent by postMessage. */
import type { SwarmReport, SwarmRequest } from './dashboard/report.ts';
import type { Gallery, GalleryRequest } from './gallery/exhibit.ts';
import type { LookRequest, MemberLook } from './inspector/member_look.ts';
import type { ClientLoad, Intervention, InterventionAction, RunInfo } from '../sim/trace/run_info.ts';

/** What a run is a function of, beside the build: what a link, a branch and the worker's requests hold. */
export interface RunSpec {
  readonly scenario: string;
  /** Decimal or any text, as the command line takes it. */
  readonly seed: string;
  readonly options: LiveOptions;
  /** Applied instead of what the scenario's nemesis does; absent: the nemesis. */
  readonly interventions?: readonly Intervention[];
}

/** What the link may set; what is missing is the scenario's default. */
export interface LiveOptions {
  readonly members?: number;
  readonly clients?: number;
  readonly durationMs?: number;
  /** Names of planted bugs to switch on. */
  readonly bugs?: readonly string[];
  /** What is left of the clients' load; absent: all. */
  readonly load?: readonly ClientLoad[];
}

/** Page to worker: run this from its beginning to its end. */
export interface RunRequest extends RunSpec {
  readonly type: 'run';
}

/** Page to worker: which scenarios are there? */
export interface CatalogueRequest {
  readonly type: 'catalogue';
}

/** Page to worker: which run, with one intervention fewer, passes? Those that were done last are left out first. */
export interface NearestRequest {
  readonly type: 'nearest';
  readonly spec: RunSpec & { readonly interventions: readonly Intervention[] };
}

/** What happens after the moment of a fork, beside what is done by hand. */
export type ForkRest = 'recorded' | 'nothing' | 'nemesis';

/** Where a live run leaves another one. */
export interface ForkPoint {
  /** Before this virtual time all is as it was. */
  readonly atNs: number;
  readonly rest: ForkRest;
  /** Of the run that is left. */
  readonly recorded: readonly Intervention[];
}

/** Page to worker: open a run that goes on as far as it is told, and say what happened until `toNs`. */
export interface LiveRequest {
  readonly type: 'live';
  readonly spec: RunSpec;
  readonly fork?: ForkPoint;
  readonly toNs: number;
}

/** Page to worker: go on to this virtual time. */
export interface AdvanceRequest {
  readonly type: 'advance';
  readonly toNs: number;
}

/** Page to worker: go on until something happens that the trace tells. */
export interface StepRequest {
  readonly type: 'step';
}

/** Page to worker: do this now, that is: before anything that is not yet shown. */
export interface ActRequest {
  readonly type: 'act';
  readonly actions: readonly InterventionAction[];
}

/** Page to worker: the run up to now as a file, healed and judged as every run is at its end. The live run stays where it is. */
export interface FinishRequest {
  readonly type: 'finish';
}

export type WorkerRequest =
  | RunRequest
  | CatalogueRequest
  | NearestRequest
  | LiveRequest
  | AdvanceRequest
  | StepRequest
  | ActRequest
  | FinishRequest
  | GalleryRequest
  | SwarmRequest
  | LookRequest;

/** Worker to page, any number of times while it runs. */
export interface RunProgress {
  readonly type: 'progress';
  readonly virtualMs: number;
  readonly durationMs: number;
  readonly events: number;
}

/** Worker to page: the run as `encodeRunFile` writes it, raw or gzipped. Its buffer may be transferred. */
export interface RunResult {
  readonly type: 'result';
  readonly bytes: Uint8Array;
}

/** Worker to page: the run that passes, and which intervention (from 0) it does without. */
export interface NearestResult {
  readonly type: 'nearest';
  readonly bytes: Uint8Array;
  readonly without: number;
}

/** Events of a trace that came since the last slice, in its columns. */
export interface TraceSlice {
  readonly timesNs: Float64Array;
  readonly kinds: Uint8Array;
  readonly lanes: Uint16Array;
  readonly causes: Int32Array;
  /** How many arguments an event has is said by its kind. */
  readonly argumentsFlat: Float64Array;
  /** UTF-8 of the new texts, and where each ends in it. */
  readonly textBytes: Uint8Array;
  readonly textEnds: Uint32Array;
}

/** Worker to page: how far a live run has come, and what is new. */
export interface LiveState {
  readonly type: 'state';
  readonly slice: TraceSlice;
  /** As at the end of a run, but for what is known only then. */
  readonly info: RunInfo;
  readonly nowNs: number;
  /** The load's end was reached: it goes no further. */
  readonly over: boolean;
  /** Of the actions that were asked for, those that made sense and were done. */
  readonly done: number;
}

/** Worker to page: a sentence for people ("unknown scenario ...; there are ..."). */
export interface RunFailure {
  readonly type: 'error';
  readonly text: string;
}

export interface CatalogueEntry {
  readonly name: string;
  readonly sentence: string;
  readonly members: number;
  readonly clients: number;
  readonly durationMs: number;
  /** Spare machines, links and the members' configuration, where it says something about them: plain data. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface Catalogue {
  readonly type: 'catalogue';
  readonly scenarios: readonly CatalogueEntry[];
  /** Those that are found by their name alone. */
  readonly unlisted: readonly CatalogueEntry[];
}

export type WorkerMessage =
  | RunProgress
  | RunResult
  | NearestResult
  | LiveState
  | RunFailure
  | Catalogue
  | MemberLook
  | Gallery
  | SwarmReport;
