/** What the page and the worker that runs scenarios live say to each other. Plain data, sent by postMessage. */

/** Page to worker: run this scenario from its beginning. */
export interface RunRequest {
  readonly type: 'run';
  readonly scenario: string;
  /** Decimal or any text, as the command line takes it. */
  readonly seed: string;
  readonly options: LiveOptions;
}

/** What the link may set; what is missing is the scenario's default. */
export interface LiveOptions {
  readonly members?: number;
  readonly clients?: number;
  readonly durationMs?: number;
  /** Names of planted bugs to switch on. */
  readonly bugs?: readonly string[];
}

/** Page to worker: which scenarios are there? */
export interface CatalogueRequest {
  readonly type: 'catalogue';
}

export type WorkerRequest = RunRequest | CatalogueRequest;

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

/** Worker to page: a sentence for people ("unknown scenario ...; there are ..."). */
export interface RunFailure {
  readonly type: 'error';
  readonly text: string;
}

export interface Catalogue {
  readonly type: 'catalogue';
  readonly scenarios: readonly { readonly name: string; readonly sentence: string }[];
}

export type WorkerMessage = RunProgress | RunResult | RunFailure | Catalogue;
