import { describe, expect, it } from 'vitest';
import { bytes } from '../../../core/client/index.ts';
import { recipeLock } from '../../../scenarios/stories/recipe_lock.ts';
import { recipeConfig } from '../../../scenarios/stories/recipe_config.ts';
import { lockParts, lockWorkload } from '../../../scenarios/workloads/recipes_lock.ts';
import { done, failure } from '../../../core/client/recipes/attempt.ts';
import { runScenario } from '../../../sim/run.ts';
import type { Observed, Scenario } from '../../../sim/scenario.ts';

/** Nothing goes wrong, and each client says three times that it is there. */
function quiet(over: Partial<Scenario>): Scenario {
  return {
    name: 'quiet',
    sentence: 'Nothing happens.',
    members: 1,
    clients: 2,
    durationMs: 3000,
    *workload(client) {
      for (let i = 0; i < 3; i++) {
        yield* client.sleep(100);
        client.note('here', i);
      }
    },
    *nemesis(story) {
      yield* story.sleep(1);
    },
    sometimes: [],
    ...over,
  };
}

describe('checks of a scenario’s own', () => {
  it('see all notes in their order, and are part of the verdict', () => {
    let seen: Observed | null = null;
    const judge: NonNullable<Scenario['judge']> = (observed) => {
      seen = observed;
      const violations = [{ sentence: 'somebody was there', atNs: 5 }];
      return [
        { name: 'nobody', guarantee: 'nobody is there', detail: '', violations },
        { name: 'all', guarantee: 'all are there', detail: '2 clients', violations: [] },
      ];
    };
    const { verdict } = runScenario({ scenario: quiet({ judge }), seed: '1' }).info;
    expect(verdict.passed).toBe(false);
    const own = verdict.checks.filter(({ name }) => name === 'nobody' || name === 'all');
    expect(own.map(({ status }) => status)).toEqual(['violated', 'passed']);
    expect(verdict.violations).toMatchObject([{ check: 'nobody', sentence: 'somebody was there', atNs: 5 }]);
    const { notes, clients, woundDown } = seen as unknown as Observed;
    expect([clients, woundDown]).toEqual([2, false]);
    expect(notes.map(({ client, data }) => [client, data])).toEqual([
      [1, 0],
      [2, 0],
      [1, 1],
      [2, 1],
      [1, 2],
      [2, 2],
    ]);
  });

  it('may ask for goals by what was noted', () => {
    const sometimes: Scenario['sometimes'] = [
      { goal: 'six notes', when: (_, { notes }) => notes.length === 6 },
      { goal: 'seven notes', when: (_, { notes }) => notes.length === 7 },
    ];
    const { info } = runScenario({ scenario: quiet({ sometimes }), seed: '1' });
    expect(info.sometimes.map(({ reached }) => reached)).toEqual([true, false]);
  });

  it('come after the clients’ own end, if the scenario gives them time for it', () => {
    const ends = (windDownMs: number): Observed => {
      let seen: Observed | null = null;
      const scenario = quiet({
        windDownMs,
        *workload(client) {
          while (!client.over) yield* client.sleep(100);
          yield* client.sleep(2000);
          client.note('end', null);
        },
        judge: (observed) => {
          seen = observed;
          return [];
        },
      });
      runScenario({ scenario, seed: '1' });
      return seen as unknown as Observed;
    };
    const enough = ends(5000);
    expect([enough.woundDown, enough.notes.length]).toEqual([true, 2]);
    expect(enough.notes.every(({ ns }) => ns > enough.healedNs)).toBe(true);
    const short = ends(500);
    expect([short.woundDown, short.notes.length]).toEqual([false, 0]);
  });

  it('judge a replay as they judged the run', () => {
    const write: typeof lockParts.write = function* (etcd, _, value) {
      const put = yield* etcd.put(bytes('protected'), bytes(value));
      return put.status === 'ok'
        ? done({ accepted: true, revision: put.response.header.revision })
        : failure(put);
    };
    const durationMs = 6000;
    const broken = { ...recipeLock, workload: lockWorkload({ ...lockParts, write }) };
    for (const scenario of [broken, recipeConfig]) {
      const { info } = runScenario({ scenario, seed: '1', durationMs });
      const { interventions } = info;
      const again = runScenario({ scenario, seed: '1', durationMs, interventions }).info;
      expect(again.digest).toBe(info.digest);
      expect(again.verdict).toEqual(info.verdict);
      expect(again.sometimes).toEqual(info.sometimes);
    }
  });
});
