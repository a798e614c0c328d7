/** What the page and its worker say to each other about a swarm's results. Plain data. */

/** Page to worker: count these results. Each is the text of a file that `detcd swarm` wrote. */
export interface SwarmRequest {
  readonly type: 'swarm';
  readonly files: readonly { readonly name: string; readonly text: string }[];
}

/** Worker to page: the same numbers as `detcd report --json`. */
export interface SwarmReport {
  readonly type: 'swarm';
  readonly build: string;
  readonly green: boolean;
  /** Why it is red, a sentence each. */
  readonly red: readonly string[];
  readonly files: readonly string[];
  readonly runs: number;
  readonly failedRuns: number;
  readonly elapsedMs: number;
  readonly seedsPerMinute: number;
  readonly virtualNs: number;
  /** Runs of a scenario from which on its goals are judged; 0 if they are not. */
  readonly goalRuns: number;
  readonly canary: { readonly bug: string; readonly runs: number; readonly found: number };
  readonly scenarios: readonly ScenarioRow[];
  readonly failures: readonly FailureRow[];
  readonly faults: Readonly<Record<string, number>>;
  /** How often each failpoint ended a member; 0: it was armed, and never fired. */
  readonly failpoints: Readonly<Record<string, number>>;
  readonly failpointsNeverArmed: readonly string[];
  /** Runs done per minute of real time, a minute each, from the start. */
  readonly pace: readonly number[];
  /** Runs of one scenario and seed whose digests differ. */
  readonly disagreements: readonly {
    readonly scenario: string;
    readonly seed: string;
    readonly digests: readonly string[];
  }[];
}

export interface ScenarioRow {
  readonly scenario: string;
  readonly runs: number;
  readonly failedRuns: number;
  readonly virtualNs: number;
  readonly wallMs: number;
  readonly goals: readonly { readonly goal: string; readonly reached: number; readonly of: number }[];
}

export interface FailureRow {
  readonly check: string;
  readonly signature: string;
  readonly sentence: string;
  readonly lines: readonly string[];
  readonly runs: readonly FailedRun[];
}

export interface FailedRun {
  readonly scenario: string;
  readonly seed: string;
  readonly members: number;
  readonly clients: number;
  readonly durationMs: number;
  readonly bugs: readonly string[];
  /** The command that makes it again. */
  readonly again: string;
  /** Whether the page has its scenario: not one of a file of somebody's own. */
  readonly known: boolean;
}
