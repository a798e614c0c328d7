import { runLive } from '../load/live_run.ts';
import { type Progress, readRunFile } from '../load/read_run_file.ts';
import type { RunModel } from '../model/run_model.ts';
import type { Lesson } from './lesson.ts';

/** Makes every run of a lesson, one after the other. Throws an Error whose message is for people. */
export async function loadLesson({ runs }: Lesson, progress: Progress): Promise<readonly RunModel[]> {
  const models: RunModel[] = [];
  for (const { name, scenario, seed, bugs } of runs) {
    const tell: Progress = (words) => progress(runs.length > 1 ? `${name}: ${words}` : words);
    const options = bugs === undefined ? {} : { bugs };
    // One worker at a time: a second one would not be quicker on a small machine.
    const bytes = await runLive({ scenario, seed, options }, tell); // oxlint-disable-line no-await-in-loop
    models.push(await readRunFile(bytes, tell)); // oxlint-disable-line no-await-in-loop
  }
  return models;
}
