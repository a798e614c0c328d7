import type { RunModel } from '../model/run_model.ts';
import type { Lesson, Scene, Words } from './lesson.ts';

/** A step of a lesson that does not fit its run: the lesson is wrong, or the run is another. */
export class LessonError extends Error {
  override readonly name = 'LessonError';
}

/** Where every step of a lesson happens in its runs: each waits for something after what the step before showed. */
export function walk(lesson: Lesson, runs: readonly RunModel[]): readonly Scene[] {
  const seen = new Map<number, number>();
  return lesson.steps.map(({ title, run: number = 0, when, waits, reveal }) => {
    const run = runs[number];
    if (run === undefined) throw new LessonError(`lesson ${lesson.id}: there is no run ${number}`);
    const at = when(run, seen.get(number) ?? -1);
    if (at < 0) throw new LessonError(`lesson ${lesson.id}, "${title}": it waits in vain: ${waits}`);
    const shown = reveal(run, at);
    if (shown < 0)
      throw new LessonError(`lesson ${lesson.id}, "${title}": the event that answers never comes`);
    seen.set(number, shown);
    return { run, at, shown, runs };
  });
}

/** So that the event itself has happened. */
const afterNs = 1_000_000;

/**
 * Where each run of a lesson is left, in virtual ns: just behind what was shown of it last, and before its load's end, where a run is
 * healed and judged but a live one goes on.
 */
export function endsOf({ runs }: Lesson, models: readonly RunModel[], scenes: readonly Scene[]): number[] {
  return runs.map((_, at) => {
    const last = scenes.findLast(({ run }) => run === models[at]) ?? scenes.at(-1);
    const shownNs = last === undefined ? 0 : (last.run.trace.timesNs[last.shown] as number);
    const loadNs = (models[at]?.info.options.durationMs ?? 0) * 1_000_000;
    return Math.min(shownNs + afterNs, loadNs - afterNs);
  });
}

export function say(words: Words, scene: Scene): string {
  return typeof words === 'string' ? words : words(scene);
}
