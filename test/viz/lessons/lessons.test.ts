import { describe, expect, it } from 'vitest';
import { isBugId } from '../../../core/bugs.ts';
import { findScenario } from '../../../scenarios/catalogue.ts';
import { lessons } from '../../../viz/lessons/all_lessons.ts';
import { election } from '../../../viz/lessons/election.ts';
import { itself } from '../../../viz/lessons/find.ts';
import { leaseExpiry } from '../../../viz/lessons/lease_expiry.ts';
import { replication } from '../../../viz/lessons/replication.ts';
import { splitVote } from '../../../viz/lessons/split_vote.ts';
import { LessonError, walk } from '../../../viz/lessons/walk.ts';
import { watchResume } from '../../../viz/lessons/watch_resume.ts';
import { checkEnd, checkLesson } from './check_lesson.ts';
import { madeRuns } from './made_runs.ts';

/** Those whose runs are short; the others are in the long test. */
const short = [election, replication, splitVote, watchResume, leaseExpiry];

describe('lessons', () => {
  it('are thirteen, each with a name of its own, on scenarios and bugs that exist', () => {
    expect(lessons).toHaveLength(13);
    expect(new Set(lessons.map(({ id }) => id)).size).toBe(13);
    for (const { runs } of lessons) {
      for (const { scenario, bugs = [] } of runs) {
        expect(findScenario(scenario), scenario).toBeDefined();
        expect(bugs.filter((bug) => !isBugId(bug))).toEqual([]);
      }
    }
  });

  it('ask at every step, with different choices, one of which is right, and not always the same', () => {
    const steps = lessons.flatMap(({ steps: own }) => own);
    for (const { question, title } of steps) {
      expect(new Set(question.choices).size, title).toBe(question.choices.length);
      expect(question.choices.length, title).toBeGreaterThan(1);
      expect(question.choices[question.right], title).toBeDefined();
    }
    expect(new Set(steps.map(({ question }) => question.right)).size).toBeGreaterThan(1);
  });

  it.each(short)('$id holds at every step', (lesson) => {
    checkLesson(lesson);
  });

  it.each([election, leaseExpiry])('$id ends with its cluster, live, where it was left', (lesson) => {
    checkEnd(lesson);
  });

  it('that do not fit their run say which step waits for what', () => {
    const runs = madeRuns(election);
    const [first] = election.steps;
    if (first === undefined) throw new Error('no step');
    const inVain = { ...election, steps: [{ ...first, when: () => -1, waits: 'rain' }] };
    expect(() => walk(inVain, runs)).toThrow(
      new LessonError(`lesson election, "${first.title}": it waits in vain: rain`),
    );
    const unanswered = { ...election, steps: [{ ...first, reveal: () => -1 }] };
    expect(() => walk(unanswered, runs)).toThrow(/the event that answers never comes/);
    expect(() => walk({ ...election, steps: [{ ...first, run: 1 }] }, runs)).toThrow(/there is no run 1/);
  });

  it('go on after what the step before has shown', () => {
    const runs = madeRuns(election);
    const [first, second] = walk(election, runs);
    expect(second?.at).toBeGreaterThan(first?.shown ?? Infinity);
    const [step] = election.steps;
    if (step === undefined) throw new Error('no step');
    const twice = walk(
      { ...election, steps: [step, { ...step, when: (_, after) => after + 1, reveal: itself }] },
      runs,
    );
    expect(twice[1]?.at).toBe((twice[0]?.shown ?? 0) + 1);
  });
});
