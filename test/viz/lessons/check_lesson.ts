import { expect } from 'vitest';
import type { Lesson, Words } from '../../../viz/lessons/lesson.ts';
import { say, walk } from '../../../viz/lessons/walk.ts';
import { madeRuns } from './made_runs.ts';

/** Makes a lesson's runs and holds every step to what it says of them. */
export function checkLesson(lesson: Lesson): void {
  const scenes = walk(lesson, madeRuns(lesson));
  scenes.forEach((scene, at) => {
    const step = lesson.steps[at];
    if (step === undefined) throw new Error('a scene without a step');
    expect(scene.shown, `${step.title}: the answer comes with or after the question`).toBeGreaterThanOrEqual(
      scene.at,
    );
    expect(step.assert.holds(scene), `${step.title}: ${say(step.assert.says, scene)}`).toBe(true);
    const texts: readonly Words[] = [step.text, step.answer, step.question.ask, ...step.question.choices];
    for (const words of texts) expect(say(words, scene)).not.toMatch(/undefined|NaN|lane \d|n0\b|^\s*$/);
  });
}
