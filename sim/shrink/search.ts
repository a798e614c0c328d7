import { DeterminismError } from '../guard.ts';
import { type RunRequest, runScenario } from '../run.ts';
import { signatureOf } from '../swarm/signature.ts';
import type { RunFile } from '../trace/codec.ts';
import type { RunInfo, Violation } from '../trace/run_info.ts';
import { type ShrinkCase, caseOf, requestOfCase } from './case.ts';

/** What must stay: a violation of one check, with one signature. */
export interface ShrinkTarget {
  readonly check: string;
  readonly signature: string;
}

export function targetOf({ check, sentence }: Violation): ShrinkTarget {
  return { check, signature: signatureOf(check, sentence) };
}

/** The target's violation in a run; undefined if that run does not have it. */
export function foundIn({ verdict }: RunInfo, target: ShrinkTarget): Violation | undefined {
  return verdict.violations.find(
    ({ check, sentence }) => check === target.check && signatureOf(check, sentence) === target.signature,
  );
}

export interface SearchHooks {
  /** False when the time is up: no further run begins. */
  readonly goOn: () => boolean;
  /** Told after every run. */
  readonly onRun?: (search: Search) => void;
}

/** The smallest failing run so far, and the only way to a smaller one: to run it. */
export class Search {
  readonly target: ShrinkTarget;
  current: ShrinkCase;
  file: RunFile;
  violation: Violation;
  /** Candidates that ran, and those of them that failed in the same way. */
  tried = 0;
  accepted = 0;
  /** The pass that goes on, in a word. */
  pass = '';
  private readonly base: RunRequest;
  private readonly hooks: SearchHooks;
  /** Candidates that were refused. */
  private readonly refused = new Set<string>();

  constructor(base: RunRequest, file: RunFile, violation: Violation, hooks: SearchHooks) {
    this.base = base;
    this.file = file;
    this.violation = violation;
    this.target = targetOf(violation);
    this.current = caseOf(file.info);
    this.hooks = hooks;
  }

  get over(): boolean {
    return !this.hooks.goOn();
  }

  /** Runs a candidate; if the same violation stays, it is the current case from now on. */
  attempt(candidate: ShrinkCase): boolean {
    const key = JSON.stringify(candidate);
    if (this.over || this.refused.has(key) || key === JSON.stringify(this.current)) return false;
    const file = this.run(candidate);
    this.tried++;
    const violation = file === null ? undefined : foundIn(file.info, this.target);
    if (file === null || violation === undefined) this.refused.add(key);
    else {
      // The record, not the candidate: what had no effect was not recorded.
      this.current = effective(candidate, file.info);
      this.file = file;
      this.violation = violation;
      this.accepted++;
    }
    this.hooks.onRun?.(this);
    return violation !== undefined;
  }

  /** Null if the run came to no end: what a smaller world breaks in a script is not the violation that is looked for. */
  private run(candidate: ShrinkCase): RunFile | null {
    try {
      return runScenario(requestOfCase(this.base, candidate));
    } catch (error) {
      if (error instanceof DeterminismError) throw error;
      return null;
    }
  }
}

function effective(candidate: ShrinkCase, info: RunInfo): ShrinkCase {
  return { ...candidate, interventions: info.interventions };
}
