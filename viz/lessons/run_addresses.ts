import type { Lesson } from './lesson.ts';

/** The words after `#` that open one of a lesson's runs live, at this virtual time. */
export function runAddress({ scenario, seed, bugs }: Lesson['runs'][number], atNs: number): string {
  const words = new URLSearchParams({
    live: 'on',
    scenario,
    seed,
    at: String(atNs),
    ...(bugs === undefined ? {} : { bugs: bugs.join(',') }),
  });
  return `#${words.toString()}`;
}

/** The same run on the command line. */
export function runCommand({ scenario, seed, bugs }: Lesson['runs'][number]): string {
  return `npx detcd run ${scenario} --seed ${seed}${bugs === undefined ? '' : ` --bug ${bugs.join(',')}`}`;
}
