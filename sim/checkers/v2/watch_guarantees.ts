import type { Guarantee } from '../invariants.ts';

/** What the v2 API promises those who wait for changes (etcd: v2 API, "Waiting for a change" and "Watch from cleared event index"). */
export const v2WatchGuarantees = {
  filter: {
    name: 'v2 watch: filter',
    guarantee:
      'A watcher hears of its key, of keys below if it asked for that, and of the end of a directory above; never of hidden keys below or of a refresh.',
  },
  notBefore: {
    name: 'v2 watch: nothing before the index',
    guarantee: 'A watcher hears of no change before the index that it asked for, or before it began.',
  },
  ordered: {
    name: 'v2 watch: ordered',
    guarantee:
      'Events come in the order of their indexes, each once, and just one where no stream was asked for.',
  },
  reliable: {
    name: 'v2 watch: reliable',
    guarantee:
      'The first event is the first matching change from the index on, and a stream leaves out none of those that follow.',
  },
  truthful: {
    name: 'v2 watch: truthful',
    guarantee:
      'An event tells what was done at its index: who asked for it, to which node, and what was there before.',
  },
  window: {
    name: 'v2 watch: history window',
    guarantee:
      'Error 401 comes if and only if the index lies before the last 1,000 events, so that no loss goes unnoticed.',
  },
  expiry: {
    name: 'v2 watch: expiry',
    guarantee: 'What expires had a time to live, and it was over.',
  },
} as const satisfies Record<string, Guarantee>;

export type V2WatchGuarantee = keyof typeof v2WatchGuarantees;

export interface V2WatchViolation {
  readonly guarantee: V2WatchGuarantee;
  readonly watch: number;
  readonly index: number;
  readonly sentence: string;
  readonly lines: readonly string[];
  readonly atNs: number;
}
