import { describe, expect, it } from 'vitest';
import {
  type Script,
  ScriptRunner,
  conditionPollMs,
  nsPerMs,
  sleep,
  until,
  wakeDelayNs,
} from '../../sim/script.ts';

/** Runs a script alone on a clock of its own; returns when it ended, in ns. */
function play(script: Script<unknown>): number {
  const runner = new ScriptRunner(script);
  let nowNs = 0;
  let wait = runner.resume(nowNs, undefined);
  while (wait !== null) {
    nowNs += wakeDelayNs(wait);
    wait = runner.wake(nowNs);
  }
  return nowNs;
}

describe('scripts', () => {
  it('sleep as long as they say', () => {
    function* story(): Script {
      yield* sleep(3);
      yield* sleep(0.5);
    }
    expect(play(story())).toBe(3.5 * nsPerMs);
  });

  it('wait until a condition holds', () => {
    let looks = 0;
    let answer: boolean | null = null;
    function* story(): Script {
      answer = yield* until(() => ++looks === 4, 1000);
    }
    expect(play(story())).toBe(4 * conditionPollMs * nsPerMs);
    expect(answer).toBe(true);
  });

  it('give up at the timeout and say so', () => {
    let answer: boolean | null = null;
    function* story(): Script {
      answer = yield* until(() => false, 12);
    }
    expect(play(story())).toBe(15 * nsPerMs);
    expect(answer).toBe(false);
  });
});
