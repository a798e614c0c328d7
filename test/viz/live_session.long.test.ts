import { describe, expect, it } from 'vitest';
import { findScenario } from '../../scenarios/catalogue.ts';
import { runScenario } from '../../sim/run.ts';
import { forkRun } from '../../sim/timeline/timeline.ts';
import type { Intervention } from '../../sim/trace/run_info.ts';
import { GrowingTrace } from '../../viz/live/growing_trace.ts';
import type { LiveState, RunSpec } from '../../viz/worker_protocol.ts';
import { LiveSession } from '../../viz/worker/live_session.ts';
import { nearestPassing } from '../../viz/worker/nearest.ts';
import { requestOf } from '../../viz/worker/request_of.ts';
import { columnsOfTrace } from './page_model.ts';

const ms = 1_000_000;
const empty: RunSpec = {
  scenario: 'calm-days',
  seed: '3',
  options: { members: 3, clients: 2, durationMs: 4000 },
  interventions: [],
};

function scenarioNamed(name: string): NonNullable<ReturnType<typeof findScenario>> {
  const scenario = findScenario(name);
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  return scenario;
}

describe('a live run', () => {
  it('is, slice by slice and with what was done by hand, the run of its list', () => {
    const session = new LiveSession(empty, null);
    const trace = new GrowingTrace();
    const take = (state: LiveState): LiveState => {
      trace.append(state.slice);
      return state;
    };
    take(session.advance(700 * ms));
    expect(take(session.act([{ kind: 'crash', member: 1, mode: 'drop' }])).done).toBe(1);
    take(session.advance(1300.5 * ms));
    take(session.step());
    take(session.act([{ kind: 'restart', member: 1 }]));
    const last = take(session.advance(1900 * ms));
    const file = session.finish();
    expect(file.info.interventions.map(({ atNs, kind }) => [atNs >= 700 * ms, kind])).toEqual([
      [true, 'crash'],
      [true, 'restart'],
    ]);
    expect(file.info.options.durationMs).toBe(1900);
    const whole = columnsOfTrace(file.trace);
    const live = trace.columns();
    expect(live.kinds).toEqual(whole.kinds.subarray(0, live.kinds.length));
    expect(live.timesNs).toEqual(whole.timesNs.subarray(0, live.kinds.length));
    expect(live.argumentsFlat).toEqual(whole.argumentsFlat.subarray(0, live.argumentsFlat.length));
    expect(live.textBytes).toEqual(whole.textBytes.subarray(0, live.textBytes.length));
    expect(live.kinds.length).toBe(last.info.summary.traceEvents);
    // What the command line does with the file that is saved of it.
    const again = runScenario({
      scenario: scenarioNamed('calm-days'),
      seed: '3',
      members: 3,
      clients: 2,
      durationMs: 1900,
      interventions: file.info.interventions,
    });
    expect(again.info.digest).toBe(file.info.digest);
  });

  it('of a scenario goes on with the script of it, beside what is done by hand', () => {
    const spec = { scenario: 'lossy-network', seed: '5', options: { durationMs: 600_000 } };
    const session = new LiveSession(spec, null);
    session.advance(900 * ms);
    session.act([{ kind: 'pause', member: 2 }]);
    session.advance(1200 * ms);
    const { info } = session.finish();
    const kinds = info.interventions.map(({ kind }) => kind);
    expect(kinds).toContain('pause');
    expect(kinds).toContain('links');
    const [scenario, { seed, interventions }] = [scenarioNamed('lossy-network'), info];
    expect(runScenario({ scenario, seed, durationMs: 1200, interventions }).info.digest).toBe(info.digest);
  });

  it('does not do what makes no sense, and says what it can not do at all', () => {
    const session = new LiveSession(empty, null);
    session.advance(500 * ms);
    expect(session.act([{ kind: 'diskRelease', member: 1 }]).done).toBe(0);
    expect(() => session.act([{ kind: 'pause', member: 7 }])).toThrow(
      /member \(the run has members 1 to 3\)/,
    );
    expect(session.advance(9000 * ms).over).toBe(true);
  });
});

describe('a fork', () => {
  const spec: RunSpec = { scenario: 'majority-crash', seed: '2', options: { durationMs: 1800 } };
  const original = runScenario(requestOf(spec));
  const recorded = original.info.interventions;
  const added: Intervention = { atNs: 1_300_000_000, kind: 'pause', member: 1 };

  it.each(['recorded', 'nothing', 'nemesis'] as const)(
    'with %s after it has the digest of the command line\u2019s, and the same past',
    (rest) => {
      const live = new LiveSession(spec, { atNs: added.atNs, rest, recorded });
      const { atNs, ...action } = added;
      live.act([action]);
      live.advance(Number.MAX_SAFE_INTEGER);
      const file = live.finish();
      const expected = forkRun(requestOf(spec), recorded, { atNs, rest, interventions: [added] });
      expect(file.info.digest).toBe(expected.info.digest);
      const past = original.trace.timesNs.subarray(0, original.trace.length).findIndex((at) => at >= atNs);
      expect(past).toBeGreaterThan(100);
      expect(file.trace.digestBefore(past)).toBe(original.trace.digestBefore(past));
      expect(file.info.digest).not.toBe(original.info.digest);
    },
  );

  it('is refused where the load has ended', () => {
    expect(() => new LiveSession(spec, { atNs: 1.8e9, rest: 'recorded', recorded })).toThrow(
      /the load goes on from 1 ns to 1800000000 ns/,
    );
  });
});

describe('the nearest passing run', () => {
  it('does without one intervention, the last that matters', () => {
    const options = { durationMs: 4500, bugs: ['local-reads'] };
    const asked = { scenario: 'minority-partition', seed: '1', options };
    const broken = runScenario(requestOf(asked));
    const { interventions } = broken.info;
    const spec = { ...asked, interventions };
    expect(interventions.map(({ kind }) => kind)).toEqual(['note', 'cut', 'cut']);
    expect(broken.info.verdict.passed).toBe(false);
    const found = nearestPassing(spec, () => undefined);
    expect(found?.without).toBe(1);
    expect(found?.file.info.verdict.passed).toBe(true);
    const kept = interventions.toSpliced(found?.without ?? -1, 1);
    expect(runScenario(requestOf({ ...spec, interventions: kept })).info.digest).toBe(
      found?.file.info.digest,
    );
  });
});
