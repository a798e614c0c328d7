import type { Guarantee } from '../invariants.ts';

/** What etcd promises its watchers (etcd: Watch API guarantees; what its robustness suite validates). */
export const watchGuarantees = {
  filter: {
    name: 'watch: filter',
    guarantee: 'A watcher hears only of keys in its range, and of no kind of change that it filters out.',
  },
  notBefore: {
    name: 'watch: nothing before the start',
    guarantee: 'A watcher hears of no change before the revision it asked for.',
  },
  ordered: { name: 'watch: ordered', guarantee: 'Events come in the order of their revisions.' },
  unique: { name: 'watch: unique', guarantee: 'No event appears twice on a watch.' },
  atomic: {
    name: 'watch: atomic',
    guarantee: 'The events of one revision come in one response; a watcher never sees a part of a txn.',
  },
  bookmarkable: {
    name: 'watch: bookmarkable',
    guarantee:
      'After a progress notification at a revision no event up to it is left to come, and progress never goes back.',
  },
  resumable: {
    name: 'watch: resumable',
    guarantee: 'The first event is the first change in the range from the requested revision on.',
  },
  reliable: {
    name: 'watch: reliable',
    guarantee:
      'No event is lost: what a watcher hears is what the store did, without gaps and without inventions.',
  },
  isCreate: {
    name: 'watch: isCreate',
    guarantee: 'An event says that it created its key if and only if the key did not exist before.',
  },
  prevKv: {
    name: 'watch: prevKv',
    guarantee:
      'The previous pair in an event is the pair right before its revision; it is left out only once compacted.',
  },
} as const satisfies Record<string, Guarantee>;

export type WatchGuarantee = keyof typeof watchGuarantees;
