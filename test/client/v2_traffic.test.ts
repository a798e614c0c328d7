import { describe, expect, it } from 'vitest';
import { v2Keys } from '../../scenarios/stories/v2_keys.ts';
import { judgeV2 } from '../../scenarios/workloads/v2_traffic.ts';
import { openRun, runScenario } from '../../sim/run.ts';
import type { ClientNote, Observed } from '../../sim/scenario.ts';
import { nsPerMs } from '../../sim/script.ts';
import type { V2Operation } from '../../sim/checkers/v2/index.ts';

/** What the clients of a short run noted. */
function notesOf(seed: string): readonly ClientNote[] {
  const run = openRun({ scenario: v2Keys, seed, durationMs: 3000 });
  run.finish();
  return run.cluster.world.notes;
}

const notes = notesOf('3');

function judged(seen: readonly ClientNote[]) {
  const [check] = judgeV2({ notes: seen } as Observed);
  return { sentences: check?.violations.map(({ sentence }) => sentence), detail: check?.detail };
}

type Told = Pick<V2Operation, 'id' | 'outcome'>;

function tellsValue({ topic, data }: ClientNote): boolean {
  const { outcome } = data as Told;
  if (topic !== 'v2-told' || outcome.status !== 'ok' || outcome.output.error !== null) return false;
  return outcome.output.node?.value !== undefined && outcome.output.prevNode === null;
}

describe('traffic on the v2 API', () => {
  it('has answers of one order in a run with faults', () => {
    const { verdict } = runScenario({ scenario: v2Keys, seed: '2', durationMs: 4000 }).info;
    expect(verdict.violations).toEqual([]);
    const check = verdict.checks.find(({ name }) => name === 'v2 store');
    expect(check?.status).toBe('passed');
    expect(Number(/^(\d+) of \d+ operations$/.exec(check?.detail ?? '')?.[1])).toBeGreaterThan(30);
  });

  it('is judged: a wrong value, and a change that an unanswered request can explain', () => {
    expect(judged(notes).sentences).toEqual([]);
    const at = notes.findIndex(tellsValue);
    const note = notes[at] as ClientNote;
    const told = note.data as { outcome: { output: { node: object } } };
    const { output } = told.outcome;
    const outcome = {
      status: 'ok',
      output: { ...output, node: { ...output.node, value: 'nobody wrote this' } },
    };
    const wrong = notes.with(at, { ...note, data: { ...told, outcome } });
    expect(judged(wrong).sentences).toHaveLength(1);
    // Nobody heard: it may have happened or not.
    expect(judged(notes.toSpliced(at, 1)).sentences).toEqual([]);
  });

  it('goes on where a run has fewer members than programs ask', () => {
    const run = openRun({ scenario: v2Keys, seed: '1', members: 1, durationMs: 2000 });
    run.runUntil(2000 * nsPerMs);
    const { notes: noted } = run.cluster.world;
    expect(new Set(noted.map(({ client }) => client))).toEqual(new Set([1, 2, 3]));
    expect(judged(noted).sentences).toEqual([]);
  });

  it('says what it could not judge', () => {
    const asked = notes.filter(({ topic }) => topic === 'v2-asked').length;
    expect(judged(notes).detail).toBe(`${asked} of ${asked} operations`);
    expect(judged([]).detail).toBe('0 of 0 operations');
  });
});
