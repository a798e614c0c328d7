import { expect } from 'vitest';
import { liveStart } from '../../../viz/live/live_start.ts';
import type { Lesson, Words } from '../../../viz/lessons/lesson.ts';
import { runAddress } from '../../../viz/lessons/run_addresses.ts';
import { endsOf, say, walk } from '../../../viz/lessons/walk.ts';
import { LiveSession } from '../../../viz/worker/live_session.ts';
import { madeRuns } from './made_runs.ts';

/** Makes a lesson's runs and holds every step to what it says of them. */
export function checkLesson(lesson: Lesson): void {
  const runs = madeRuns(lesson);
  const scenes = walk(lesson, runs);
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

/** At its end a lesson hands over each of its clusters, live, at the very point at which it was left. */
export function checkEnd(lesson: Lesson): void {
  const runs = madeRuns(lesson);
  const ends = endsOf(lesson, runs, walk(lesson, runs));
  lesson.runs.forEach((run, at) => {
    const start = liveStart(new URL(`http://page/${runAddress(run, ends[at] ?? 0)}`));
    if (start === null) throw new Error(`${lesson.id}: no live run`);
    expect(start.toNs).toBe(ends[at]);
    const live = new LiveSession(start.spec, null);
    const { info, nowNs, over } = live.advance(start.toNs);
    const { trace } = runs[at] as (typeof runs)[number];
    const before = trace.timesNs.subarray(0, trace.length).filter((ns) => ns <= start.toNs).length;
    expect({ events: info.summary.traceEvents, nowNs, over }).toEqual({
      events: before,
      nowNs: start.toNs,
      over: false,
    });
    expect(live.act([{ kind: 'heal' }]).done).toBe(1);
    expect(live.advance(start.toNs + 50_000_000).info.summary.traceEvents).toBeGreaterThan(before);
  });
}
