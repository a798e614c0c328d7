import * as fc from 'fast-check';
import { EntryType, makeEntry, type Entry, type HardState } from '../../core/raft/entry.ts';
import type { Recovered } from '../../core/wal/index.ts';
import { state } from './support.ts';

/** What a raft node could save, described relative to where its log is, so that any sequence of these makes sense. */
export interface SavePlan {
  /** The term goes up by this; then the vote is for this node. */
  readonly termUp: number;
  readonly vote: number;
  /** New entries start this far before the end, but above the commit index. */
  readonly back: number;
  /** Bytes of each new entry's data; all zero if `zeros`. */
  readonly sizes: readonly number[];
  readonly zeros: boolean;
  readonly commitUp: number;
  readonly withState: boolean;
}

export const savePlan: fc.Arbitrary<SavePlan> = fc.record({
  termUp: fc.constantFrom(0, 0, 0, 1, 2),
  vote: fc.integer({ min: 1, max: 3 }),
  back: fc.constantFrom(0, 0, 0, 1, 2),
  sizes: fc.array(fc.oneof(fc.nat(40), fc.nat(600), fc.constantFrom(0, 470, 512, 1500, 3000)), {
    maxLength: 4,
  }),
  zeros: fc.boolean(),
  commitUp: fc.nat(3),
  withState: fc.boolean(),
});

export type LogRecord = { readonly entry: Entry } | { readonly state: HardState };

export interface LogContent {
  readonly hardState: HardState;
  readonly entries: readonly Entry[];
}

/** What a log holds after these records: the rule in its plainest form. */
export function contentOf(records: readonly LogRecord[]): LogContent {
  let hardState = state(0, 0, 0);
  let entries: Entry[] = [];
  for (const record of records) {
    if ('state' in record) hardState = record.state;
    else entries = [...entries.filter(({ index }) => index < record.entry.index), record.entry];
  }
  return { hardState, entries };
}

/** The content as text, to be compared: equal texts are equal contents. */
export function contentText({ hardState, entries }: LogContent | Recovered): string {
  const lines = entries.map(({ term, index, type, data }) => `${index} ${term} ${type} ${data.join(',')}`);
  return [`${hardState.term} ${hardState.vote} ${hardState.commit}`, ...lines].join('\n');
}

/** The save that the plan means after these records. */
export function planned(plan: SavePlan, records: readonly LogRecord[]): [HardState | null, Entry[]] {
  const { hardState, entries } = contentOf(records);
  const lastTerm = entries.at(-1)?.term ?? 0;
  const term = Math.max(hardState.term + plan.termUp, lastTerm, 1);
  const first = Math.max(entries.length + 1 - plan.back, hardState.commit + 1);
  const made = plan.sizes.map((size, i) => {
    const data = new Uint8Array(size).fill(plan.zeros ? 0 : 1 + ((first + i + term * 7) % 250));
    return makeEntry(term, first + i, i === 3 ? EntryType.confChangeV2 : EntryType.normal, data);
  });
  const lastIndex = made.length > 0 ? first + made.length - 1 : entries.length;
  const commit = Math.min(hardState.commit + plan.commitUp, lastIndex);
  const vote = hardState.term === term && hardState.vote > 0 ? hardState.vote : plan.vote;
  const withState = plan.withState || term > hardState.term;
  return [withState ? state(term, vote, commit) : null, made];
}

export function recordsOf(hardState: HardState | null, entries: readonly Entry[]): LogRecord[] {
  const records: LogRecord[] = entries.map((entry) => ({ entry }));
  return hardState === null ? records : [...records, { state: hardState }];
}
