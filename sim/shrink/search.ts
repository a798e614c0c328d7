import { assert } from '../../core/base/assert.ts';
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
  /** Absent: one after the other. */
  readonly atOnce?: RunsAtOnce;
}

/** Runs several candidates at once, to have the answer sooner. */
export interface RunsAtOnce {
  /** How many it takes at a time. */
  readonly width: number;
  /**
   * The first of these, in their order, that has the target's violation, and its run; null if none has. What was accepted must not depend
   * on who was ready first.
   */
  first(
    candidates: readonly ShrinkCase[],
    target: ShrinkTarget,
  ): { readonly position: number; readonly file: RunFile } | null;
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
    return this.attemptFirst([candidate]) === 0;
  }

  /**
   * Runs candidates in their order until one has the same violation, which is the current case from then on. Returns its position, -1 if
   * none has. The result is the same however many run at once.
   */
  attemptFirst(candidates: Iterable<ShrinkCase>): number {
    const { atOnce } = this.hooks;
    const now = JSON.stringify(this.current);
    const width = atOnce?.width ?? 1;
    let window: Candidate[] = [];
    let position = -1;
    for (const candidate of candidates) {
      position++;
      if (this.over) return -1;
      const key = JSON.stringify(candidate);
      // Whatever was refused, or is what there is, needs no run.
      if (this.refused.has(key) || key === now) continue;
      window.push({ candidate, key, position });
      if (window.length < width) continue;
      const found = this.tryWindow(window);
      if (found >= 0) return found;
      window = [];
    }
    return window.length === 0 || this.over ? -1 : this.tryWindow(window);
  }

  private tryWindow(window: readonly Candidate[]): number {
    const { atOnce } = this.hooks;
    const found =
      atOnce === undefined || window.length === 1
        ? this.runOne((window[0] as Candidate).candidate)
        : atOnce.first(
            window.map(({ candidate }) => candidate),
            this.target,
          );
    const tried = window.slice(0, found === null ? window.length : found.position + 1);
    this.tried += tried.length;
    for (const [i, { key }] of tried.entries()) if (i !== found?.position) this.refused.add(key);
    const accepted = found === null ? undefined : tried.at(-1);
    if (found !== null && accepted !== undefined) this.accept(accepted.candidate, found.file);
    this.hooks.onRun?.(this);
    return accepted?.position ?? -1;
  }

  private accept(candidate: ShrinkCase, file: RunFile): void {
    const violation = foundIn(file.info, this.target);
    assert(violation !== undefined, 'a run that is accepted has the violation');
    // The record, not the candidate: what had no effect was not recorded.
    this.current = effective(candidate, file.info);
    this.file = file;
    this.violation = violation;
    this.accepted++;
  }

  private runOne(candidate: ShrinkCase): { readonly position: number; readonly file: RunFile } | null {
    const file = runCandidate(this.base, candidate);
    return file !== null && foundIn(file.info, this.target) !== undefined ? { position: 0, file } : null;
  }
}

interface Candidate {
  readonly candidate: ShrinkCase;
  readonly key: string;
  /** Among the candidates that were given. */
  readonly position: number;
}

/** Null if the run came to no end: what a smaller world breaks in a script is not the violation that is looked for. */
export function runCandidate(base: RunRequest, candidate: ShrinkCase): RunFile | null {
  try {
    return runScenario(requestOfCase(base, candidate));
  } catch (error) {
    if (error instanceof DeterminismError) throw error;
    return null;
  }
}

function effective(candidate: ShrinkCase, info: RunInfo): ShrinkCase {
  return { ...candidate, interventions: info.interventions };
}
