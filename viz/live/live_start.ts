import { linkWords, liveOptions } from '../load/sources.ts';
import type { RunSpec } from '../worker_protocol.ts';

/** A cluster to which nothing happens but what a person does is this scenario with an empty list. */
export const emptyCluster = 'calm-days';

/** A live run ends when the person says so, or after this virtual time. */
export const liveDurationMs = 600_000;

/** What an address asks to be started live; null if it asks for none. */
export function liveStart(address: URL): RunSpec | null {
  const words = linkWords(address);
  if (words.get('live') !== 'on') return null;
  const named = words.get('scenario');
  const options = { durationMs: liveDurationMs, ...liveOptions(words) };
  const seed = words.get('seed') ?? '1';
  if (named !== null && named !== '') return { scenario: named, seed, options };
  return { scenario: emptyCluster, seed, options, interventions: [] };
}

/** An address that starts a live run. `scenario` is '' for an empty cluster. */
export function liveAddress(choice: {
  readonly scenario: string;
  readonly seed: string;
  readonly members: string;
  readonly clients: string;
}): string {
  const words = new URLSearchParams({ live: 'on' });
  for (const [name, value] of Object.entries(choice)) if (value !== '') words.set(name, value);
  return `#${words.toString()}`;
}
