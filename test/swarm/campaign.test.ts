import { describe, expect, it } from 'vitest';
import { findScenario } from '../../scenarios/catalogue.ts';
import { type Campaign, runCampaign } from '../../scenarios/cli/swarm/campaign.ts';
import type { RunAnswer, Runner } from '../../scenarios/cli/swarm/pool.ts';
import { leftText, progressLine } from '../../scenarios/cli/swarm/progress.ts';
import type { Scenario } from '../../sim/scenario.ts';
import type { SwarmRun } from '../../sim/swarm/plan.ts';
import { failing, result } from './results.ts';

const scenario = findScenario('calm-days') as Scenario;
const campaign: Campaign = {
  plan: { scenarios: ['a', 'b'], firstSeed: 1, runs: 20, shard: { number: 1, count: 1 }, canaryEvery: 0 },
  settings: { bugs: [] },
  scenarioFor: () => scenario,
  before: [],
  timeMs: Infinity,
  stopOnFailure: false,
};

/** Answers after a while, and notes what it was asked for. */
class Told implements Runner {
  readonly asked: string[] = [];
  private readonly answer: (run: SwarmRun) => RunAnswer;

  constructor(answer: (run: SwarmRun) => RunAnswer) {
    this.answer = answer;
  }

  run(run: SwarmRun): Promise<RunAnswer> {
    this.asked.push(`${run.scenario}${run.seed}`);
    return new Promise((resolve) => setImmediate(() => resolve(this.answer(run))));
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}

const green = (run: SwarmRun): RunAnswer => ({
  kind: 'result',
  result: result(run.scenario, Number(run.seed)),
});
const red = (run: SwarmRun): RunAnswer => ({
  kind: 'result',
  result: failing(run.scenario, Number(run.seed), 'check', 'sentence'),
});

describe('a campaign', () => {
  it('gives every run to one runner, and each result to the listener', async () => {
    const runners = [new Told(green), new Told(green), new Told(green)];
    const heard: number[] = [];
    const made = await runCampaign(campaign, runners, (_, state) => heard.push(state.made.length));
    expect(runners.flatMap(({ asked }) => asked).toSorted((x, y) => (x < y ? -1 : 1))).toHaveLength(20);
    expect(new Set(runners.flatMap(({ asked }) => asked)).size).toBe(20);
    expect(runners.every(({ asked }) => asked.length > 3)).toBe(true);
    expect(heard).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(made).toHaveLength(20);
  });

  it('does not make again what an earlier session made', async () => {
    const runner = new Told(green);
    await runCampaign({ ...campaign, before: [result('a', 1), result('b', 7)] }, [runner], () => undefined);
    expect(runner.asked).toHaveLength(18);
    expect(runner.asked).not.toContain('a1');
    expect(runner.asked).not.toContain('b7');
  });

  it('stops after a failure if it is told to, but not for a canary', async () => {
    const fails = new Told((run) => (run.seed === '3' ? red(run) : green(run)));
    await runCampaign({ ...campaign, stopOnFailure: true }, [fails], () => undefined);
    expect(fails.asked).toEqual(['a1', 'b1', 'a2', 'b2', 'a3']);
    const collects = new Told(red);
    expect(await runCampaign(campaign, [collects], () => undefined)).toHaveLength(20);
    const plan = { ...campaign.plan, canaryEvery: 2 };
    const canaries = new Told((run) => {
      const answer = run.canary ? red(run) : green(run);
      return answer.kind === 'result'
        ? { ...answer, result: { ...answer.result, canary: run.canary } }
        : answer;
    });
    await runCampaign({ ...campaign, plan, stopOnFailure: true }, [canaries], () => undefined);
    expect(canaries.asked).toHaveLength(30);
  });

  it('stops when it is asked to, and begins nothing when the time is up', async () => {
    const stop = { asked: false };
    const runner = new Told(green);
    await runCampaign(campaign, [runner], ({ seed }) => (stop.asked = seed === '2'), stop);
    expect(runner.asked).toEqual(['a1', 'b1', 'a2']);
    const late = new Told(green);
    expect(await runCampaign({ ...campaign, timeMs: 0 }, [late], () => undefined)).toEqual([]);
    expect(late.asked).toEqual([]);
  });

  it('makes a failure of a run that was lost', async () => {
    const lost = new Told(() => ({ kind: 'lost', check: 'it died', reason: 'out of memory', wallMs: 7 }));
    const [first] = await runCampaign(
      { ...campaign, plan: { ...campaign.plan, runs: 1 } },
      [lost],
      () => undefined,
    );
    expect(first).toMatchObject({ scenario: 'a', seed: '1', passed: false, digest: null, wallMs: 7 });
    expect(first?.members).toBe(scenario.members);
    expect(first?.failures[0]).toMatchObject({ check: 'it died', sentence: 'out of memory' });
  });
});

describe('the progress line', () => {
  const made = [result('a', 1), failing('a', 2, 'c', 's'), result('a', 3, { canary: true, passed: false })];

  it('tells how far it is, how fast, and how long it takes yet', () => {
    const state = { made, elapsedMs: 6000 };
    expect(progressLine(state, { runs: 33, timeMs: Infinity })).toBe(
      '3/33 runs  30 seeds/min  1 min 0 s left  1 failed',
    );
    expect(progressLine(state, { runs: Infinity, timeMs: 16_000 })).toBe(
      '3 runs  30 seeds/min  10 s left  1 failed',
    );
    expect(progressLine({ made: [], elapsedMs: 0 }, { runs: 9, timeMs: Infinity })).toBe(
      '0/9 runs  0 seeds/min',
    );
  });

  it('says times as people do', () => {
    expect([900, 61_000, 7_500_000].map(leftText)).toEqual(['1 s', '1 min 1 s', '2 h 5 min']);
  });
});
