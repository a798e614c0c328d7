import { ask } from '../load/live_run.ts';
import type { Exhibit, Gallery } from './exhibit.ts';

let known: Promise<Gallery> | null = null;

/** Asks the worker for the known bugs, once. Throws an Error whose message is for people. */
export function fetchGallery(): Promise<Gallery> {
  known ??= ask({ type: 'gallery' }, () => undefined).then((answer) => {
    if (answer.type === 'gallery') return answer;
    throw new Error(answer.type === 'error' ? answer.text : 'the worker knows of no bugs');
  });
  known.catch(() => {
    known = null;
  });
  return known;
}

/** The words after `#` that run a bug's script, with its story beside the timeline; null for a bug without a script. */
export function exhibitAddress({ id, script }: Exhibit): string | null {
  if (script === null) return null;
  const { scenario, seed } = script;
  return `#${new URLSearchParams({ scenario, seed, bugs: id, bug: id }).toString()}`;
}
