import type { PlantedBug } from './planted_bug.ts';

/** MVCC and watches. */
export const watchBugs = [
  {
    id: 'watch-progress-overtakes',
    code: 'W1',
    source: 'etcd #15220',
    versions: 'etcd 3.4.0 to 3.5.7',
    title: 'A bookmark overtakes events',
    cause: 'Progress is answered with the store’s revision although a watcher of the stream lags behind it.',
    guarantee: 'After a bookmark no event at or below its revision comes (etcd API, bookmarkable).',
    check: 'watch: reliable',
    missed:
      'No event is lost or doubled for a client that stays; one that resumes from the bookmark misses some.',
    lesson: 'A bookmark is an answer of the same stream: it must queue behind the events.',
  },
  {
    id: 'watch-back-in-time',
    code: 'W2',
    source: 'etcd #15271',
    versions: 'etcd 3.4.0 to 3.5.7',
    title: 'A watch goes back in time',
    cause:
      'Watchers that are up to date do not note what they have seen; when a snapshot replaces the store, they read it again.',
    guarantee: 'Events come in the order of their revisions, each once (etcd API, ordered and unique).',
    check: 'watch: ordered',
    missed:
      'The store is right; only a client that listens over the installation of a snapshot sees old events again.',
    lesson: 'What a watcher has been sent belongs to the watcher, not to the store it reads.',
  },
  {
    id: 'watch-skips-starved',
    code: 'W3',
    source: 'etcd #17529',
    versions: 'etcd 3.4.0 to 3.5.13',
    title: 'A slow watcher misses what was compacted',
    cause:
      'A watcher whose revisions were compacted while its channel was full is not cancelled: it goes on with what is left.',
    guarantee: 'A watch misses no event between its first and its last (etcd API, reliable and resumable).',
    check: 'watch: reliable',
    missed: 'Nothing looks wrong at the server: the watcher is alive and its events are in order.',
    lesson: 'A reader that can not be given all must be told so.',
  },
  {
    id: 'watch-future-rewound',
    code: 'W7',
    source: 'etcd #20221',
    versions: 'etcd 3.4.0 to 3.5.21',
    title: 'A watch on a future revision gets the past',
    cause: 'A watcher that waits for a later revision is set back to the present one when the store changes.',
    guarantee: 'No event comes from before the revision a watch asked for (etcd API, resumable).',
    check: 'watch: resumable',
    missed: 'The events are real and in order; the client just had not asked for them.',
    lesson: 'A request for the future is not a request for the present.',
  },
  {
    id: 'watch-starts-late',
    code: null,
    source: 'none',
    versions: 'none',
    title: 'A watch misses its first event',
    cause: 'A watcher that begins in the past reads history from behind the revision it asked for.',
    guarantee:
      'The first event is the first one at or behind the revision that was asked for (etcd API, resumable).',
    check: 'watch: resumable',
    missed: 'The events that come are all right.',
    lesson: 'The first event is part of the answer.',
  },
  {
    id: 'watch-splits-revision',
    code: null,
    source: 'none',
    versions: 'none',
    title: 'A revision’s events come in two answers',
    cause: 'The events of one txn are handed to the client an answer each.',
    guarantee: 'The events of one revision come in one answer (etcd API, atomic).',
    check: 'watch: atomic',
    missed: 'All events come, once, and in order.',
    lesson: 'A transaction is one revision, for those who watch as well.',
  },
] as const satisfies readonly PlantedBug[];
