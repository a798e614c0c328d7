import type { Effect } from './cluster/etcd_api.ts';

/**
 * Scripts are generators: client workloads and nemeses read like stories, `yield*` what they wait for, and are resumed by the
 * scheduler with the answer. Nothing about them depends on microtasks.
 */
export type Wait =
  | { readonly kind: 'sleep'; readonly ns: number }
  /** Resumed with true when the condition holds (looked at every `conditionPollMs`), with false at the timeout. */
  | { readonly kind: 'until'; readonly condition: () => boolean; readonly timeoutNs: number }
  /** A text request of a client; only clients understand it. Resumed with the outcome. */
  | { readonly kind: 'call'; readonly call: unknown }
  /** Anything else that clients can be asked for; only they understand it, but for sleeping. */
  | Effect;

export type Script<Result = void> = Generator<Wait, Result, unknown>;

/** How often a script's condition is looked at, in virtual time. */
export const conditionPollMs = 5;

export const nsPerMs = 1_000_000;

export function* sleep(ms: number): Script {
  yield { kind: 'sleep', ns: Math.round(ms * nsPerMs) };
}

/** Waits until the condition holds; returns whether it did within the timeout. */
export function* until(condition: () => boolean, timeoutMs: number): Script<boolean> {
  return (yield { kind: 'until', condition, timeoutNs: Math.round(timeoutMs * nsPerMs) }) as boolean;
}

/** Runs one script: asks the host to wait, resumes, until it returns. */
export class ScriptRunner {
  private readonly script: Script<unknown>;
  private waiting: Wait | null = null;
  private untilDeadlineNs = 0;
  done = false;

  constructor(script: Script<unknown>) {
    this.script = script;
  }

  /** Resumes with the answer to the last wait. Returns the next wait, or null when the script has ended. */
  resume(nowNs: number, answer: unknown): Wait | null {
    const step = this.script.next(answer);
    if (step.done === true) {
      this.done = true;
      this.waiting = null;
      return null;
    }
    this.waiting = step.value;
    if (step.value.kind === 'until') this.untilDeadlineNs = nowNs + step.value.timeoutNs;
    return step.value;
  }

  /**
   * A wake-up is due. Returns the wait that goes on (a condition that does not hold yet), or the one that follows.
   */
  wake(nowNs: number): Wait | null {
    const waiting = this.waiting;
    if (waiting?.kind !== 'until') return this.resume(nowNs, undefined);
    const holds = waiting.condition();
    if (!holds && nowNs < this.untilDeadlineNs) return waiting;
    return this.resume(nowNs, holds);
  }
}

/** When the host should wake the script for this wait, ns from now; a call wakes it by its answer instead. */
export function wakeDelayNs(wait: Wait): number {
  return wait.kind === 'sleep' ? wait.ns : conditionPollMs * nsPerMs;
}
