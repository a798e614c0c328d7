import { linkWords, liveOptions } from '../load/sources.ts';
import type { RunSpec } from '../worker_protocol.ts';

/** A cluster to which nothing happens but what a person does. */
const emptyCluster = 'empty-cluster';

/** With an empty list of interventions: the same, but its clients put and get. */
export const busyCluster = 'calm-days';

/** A live run ends when the person says so, or after this virtual time. */
export const liveDurationMs = 600_000;

/** Firsts of a live run that one needn't wait for: the cluster starts and elects somebody. */
const headStartNs = 1_500_000_000;

export interface LiveStart {
  readonly spec: RunSpec;
  /** The run has come so far when it is shown. */
  readonly toNs: number;
  /** And then further, until somebody leads. */
  readonly toLeader: boolean;
}

/** What an address asks to be started live; null if it asks for none. */
export function liveStart(address: URL): LiveStart | null {
  const words = linkWords(address);
  if (words.get('live') !== 'on') return null;
  const scenario = words.get('scenario') ?? '';
  const seed = words.get('seed') ?? '1';
  const options = { durationMs: liveDurationMs, ...liveOptions(words) };
  const atNs = Number(words.get('at') ?? Number.NaN);
  const named = atNs > 0 && atNs < options.durationMs * 1e6;
  const toNs = named ? Math.floor(atNs) : headStartNs;
  const toLeader = !named;
  if (scenario !== '') return { spec: { scenario, seed, options }, toNs, toLeader };
  const busy = words.get('traffic') === 'on';
  const empty = { scenario: busy ? busyCluster : emptyCluster, seed, options, interventions: [] };
  return { spec: empty, toNs, toLeader };
}

/** An address that starts a live run. `scenario` is '' for an empty cluster; `traffic`: its clients put and get all the time. */
export function liveAddress(choice: {
  readonly scenario: string;
  readonly traffic: boolean;
  readonly seed: string;
  readonly members: string;
  readonly clients: string;
}): string {
  const words = new URLSearchParams({ live: 'on' });
  const { traffic, ...rest } = choice;
  if (traffic) words.set('traffic', 'on');
  for (const [name, value] of Object.entries(rest)) if (value !== '') words.set(name, value);
  return `#${words.toString()}`;
}
