/**
 * Planted bugs: each switch inverts one condition of the right code. All are off unless a test, a lesson or `--bug` turns one
 * on; checkers can't see them (the import rules forbid it).
 */
export interface PlantedBug {
  readonly id: string;
  /** Where it really happened: an issue of etcd's (#15220), of raft's, or a report; 'none' for one that is only planted. */
  readonly source: string;
  readonly title: string;
  /** What goes wrong, in one sentence. */
  readonly cause: string;
  /** The guarantee that breaks. */
  readonly guarantee: string;
}

export const plantedBugs = [
  {
    id: 'respond-before-fsync',
    source: 'raft: thesis 3.8, etcd #14370',
    title: 'Answers before the disk has the data',
    cause:
      'A member sends its votes and append acknowledgements, and counts its own, before the entries and the vote are synced.',
    guarantee:
      'An acknowledged write survives the crash of a majority (Raft thesis 3.8: persist before answering).',
  },
  {
    id: 'local-reads',
    source: 'Jepsen 2014',
    title: 'Reads are answered from the member’s own state',
    cause: 'A member answers a linearizable read at once, without asking whether anybody leads.',
    guarantee:
      'A read sees every write that was acknowledged before it began (etcd API, strict serializability).',
  },
  {
    id: 'read-before-commit',
    source: 'etcd #7331',
    title: 'A new leader answers reads too early',
    cause:
      'A leader confirms reads before it has committed an entry of its own term, when its commit index may lie behind.',
    guarantee: 'A read sees every write that was acknowledged before it began (Raft thesis 6.4).',
  },
  {
    id: 'commit-earlier-term',
    source: 'Raft paper, figure 8',
    title: 'Commits what an earlier leader left',
    cause: 'A leader counts copies of entries of earlier terms and commits them by that alone.',
    guarantee: 'An entry committed in a term is in the log of every later leader (Raft paper 5.4.2).',
  },
  {
    id: 'partial-txn',
    source: 'etcd #18679',
    title: 'A txn that fails is done in part',
    cause: 'The puts of a txn are done before it turns out that another operation of it can’t be.',
    guarantee: 'A txn takes effect as a whole or not at all (etcd API, atomicity).',
  },
  {
    id: 'watch-progress-overtakes',
    source: 'etcd #15220',
    title: 'A bookmark overtakes events',
    cause: 'Progress is answered with the store’s revision although a watcher of the stream lags behind it.',
    guarantee: 'After a bookmark no event at or below its revision comes (etcd API, bookmarkable).',
  },
  {
    id: 'watch-back-in-time',
    source: 'etcd #15271',
    title: 'A watch goes back in time',
    cause:
      'Watchers that are up to date do not note what they have seen; when a snapshot replaces the store, they read it again.',
    guarantee: 'Events come in the order of their revisions, each once (etcd API, ordered and unique).',
  },
  {
    id: 'watch-skips-starved',
    source: 'etcd #17529',
    title: 'A slow watcher misses what was compacted',
    cause:
      'A watcher whose revisions were compacted while its channel was full is not cancelled: it goes on with what is left.',
    guarantee: 'A watch misses no event between its first and its last (etcd API, reliable and resumable).',
  },
  {
    id: 'watch-future-rewound',
    source: 'etcd #20221',
    title: 'A watch on a future revision gets the past',
    cause: 'A watcher that waits for a later revision is set back to the present one when the store changes.',
    guarantee: 'No event comes from before the revision a watch asked for (etcd API, resumable).',
  },
  {
    id: 'watch-starts-late',
    source: 'none',
    title: 'A watch misses its first event',
    cause: 'A watcher that begins in the past reads history from behind the revision it asked for.',
    guarantee:
      'The first event is the first one at or behind the revision that was asked for (etcd API, resumable).',
  },
  {
    id: 'watch-splits-revision',
    source: 'none',
    title: 'A revision’s events come in two answers',
    cause: 'The events of one txn are handed to the client an answer each.',
    guarantee: 'The events of one revision come in one answer (etcd API, atomic).',
  },
] as const satisfies readonly PlantedBug[];

export type BugId = (typeof plantedBugs)[number]['id'];
export type BugSwitches = ReadonlySet<BugId>;
export const noBugs: BugSwitches = new Set();

export function isBugId(text: string): text is BugId {
  return plantedBugs.some((bug) => bug.id === text);
}
