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

export function say(words: Words, scene: Scene): string {
  return typeof words === 'string' ? words : words(scene);
}
