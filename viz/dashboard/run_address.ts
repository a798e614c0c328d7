import type { FailedRun } from './report.ts';

/** The words after `#` that make a run of a swarm again, with the sizes it had. */
export function failedRunAddress({ scenario, seed, members, clients, durationMs, bugs }: FailedRun): string {
  const words = new URLSearchParams({ scenario, seed });
  for (const [name, value] of Object.entries({ members, clients, durationMs }))
    if (value > 0) words.set(name, String(value));
  if (bugs.length > 0) words.set('bugs', bugs.join(','));
  return `#${words.toString()}`;
}
