import type { PlantedBug } from './planted_bug.ts';

/** MVCC and watches. */
export const watchBugs = [
  {
    id: 'watch-progress-overtakes',
    code: 'W1',
    source: 'etcd #15220',
    versions: 'etcd 3.4, and 3.5 up to 3.5.7',
    title: 'A bookmark overtakes events',
    cause:
      'A client may ask its watch stream how far it has been told everything. The answer was the store’s present revision, whatever the stream’s watchers had been given: one that began in the past, and was still waiting for its round through history, got its old events after a bookmark that counted them in. The right code answers only when every watcher of the stream is up to date, and queues the answer behind the events.',
    guarantee:
      'After a bookmark no event at or below its revision is left to come (etcd Watch API, bookmarkable).',
    check: 'watch: bookmarkable',
    missed:
      'No event is lost or doubled for a client that stays. One that breaks off and resumes from the bookmark never hears of what was still to come, and nothing on the server looks wrong.',
    lesson: 'A bookmark is an answer of the same stream: it must queue behind the events.',
  },
  {
    id: 'watch-back-in-time',
    code: 'W2',
    source: 'etcd #15271',
    versions: 'etcd 3.4, and 3.5 up to 3.5.7',
    title: 'A watch goes back in time',
    cause:
      'A watcher that is up to date gets changes as they happen, and nothing noted on it that it had got them: the revision it needs next was moved on only for those whose channel was full. That went well until a snapshot replaced the store of a member that had been cut off: all its watchers were put back among those that read from history, each from the revision it began with or was last behind at, and heard everything since then a second time.',
    guarantee:
      'Events come in the order of their revisions, and each comes once (etcd Watch API, ordered and unique).',
    check: 'watch: ordered',
    missed:
      'The store is right on every member. Only a client that listens at a member over the installation of a snapshot, on a stream that does not break, sees old events again.',
    lesson: 'What a watcher has been sent belongs to the watcher, not to the store it reads.',
  },
  {
    id: 'watch-skips-starved',
    code: 'W3',
    source: 'etcd #17529',
    versions: 'etcd 3.4, and 3.5 up to 3.5.12',
    title: 'A slow watcher misses what was compacted',
    cause:
      'A watcher that lags behind a compaction can’t be given all its events any more, so it is cancelled. If its channel was full just then, because the client reads slowly, the cancellation found no room; the round went on, moved the watcher to the present revision as if it had been served, and counted it as up to date. The right code leaves it where it is and offers the cancellation again in the next round.',
    guarantee:
      'The first event of a watch is the first change at or behind the revision it asked for, and none is left out after it, or the watch is cancelled (etcd Watch API, resumable and reliable).',
    check: 'watch: resumable',
    missed:
      'Nothing looks wrong at the server: the watcher is alive, and its events are in order. A controller that mirrors keys keeps objects that were deleted long ago.',
    lesson:
      'A reader that can’t be given everything must be told so, however long it takes to get the word in.',
  },
  {
    id: 'compaction-forgets-revision',
    code: 'W4',
    source: 'etcd #17780',
    versions: 'etcd 3.4 up to 3.4.31, 3.5 up to 3.5.13',
    title: 'The revision goes back over a restart',
    cause:
      'A member that starts finds its present revision as the highest that is stored. A compaction up to the present revision removed even that one, if it was a delete; it then lived on only in the mark of a finished compaction. If the member ended after the removal and before that mark, the mark of what was asked for was not consulted, and the member took up its work at an earlier revision than it had told its clients. The right code counts both marks, and keeps a delete at the very revision of the compaction.',
    guarantee: 'The revision only grows (etcd KV API, revision).',
    check: 'revisions',
    missed:
      'The keys and their values are right. A revision that was given to one write is given to another again, which breaks caches, watches and compare-and-swap by revision.',
    lesson: 'What a deletion proves by having been there must be written down before it is removed.',
  },
  {
    id: 'compaction-drops-tombstone',
    code: 'W5',
    source: 'etcd #18089',
    versions: 'etcd 3.4 and 3.5, up to the releases of autumn 2024',
    title: 'A delete at the compacted revision is gone',
    cause:
      'A compaction at a revision leaves that revision readable, and a watch may begin there. A key’s history up to it was cut down to the newest put, and a delete was taken for something that leaves nothing to read, so it was removed even if it happened at the very revision of the compaction. The right code drops only deletes from before.',
    guarantee:
      'A watch that begins at a revision that is not compacted hears of every change from there on (etcd Watch API, resumable).',
    check: 'watch: resumable',
    missed:
      'Reads are right at every revision that may be asked for. Only a watch from exactly that revision misses exactly that event.',
    lesson: 'What a reader may ask for includes the boundary: “from here on” begins here.',
  },
  {
    id: 'restart-forgets-tombstone',
    code: 'W6',
    source: 'etcd #19179',
    versions: 'etcd 3.4 and 3.5, up to the releases of early 2025',
    title: 'A restart loses sight of a delete',
    cause:
      'A start rebuilds the index of keys from the stored revisions, in order. If a compaction had already removed the puts of a key, the first that is seen of it is its delete; a delete of an unknown key was skipped. The compaction, taken up again, then found a stored delete that no key in the index wants, and removed it, although a watch may begin at it.',
    guarantee:
      'A watch that begins at a revision that is not compacted hears of every change from there on (etcd Watch API, resumable).',
    check: 'watch: resumable',
    missed:
      'The key is gone either way, so all reads are right, and members that were not interrupted keep the delete: only this member’s watchers miss it.',
    lesson: 'A recovery must cope with everything that an interrupted clean-up can leave behind.',
  },
  {
    id: 'watch-future-rewound',
    code: 'W7',
    source: 'etcd #20221',
    versions: 'etcd 3.5, and 3.6 up to 3.6.1',
    title: 'A watch on a future revision gets the past',
    cause:
      'A watch may begin at a revision that is still to come; it counts as up to date and waits. When a snapshot replaced the store, it was put among those that read from history like all others, and the round that brought it up to date set the revision it waits for back to the next one. From then on it got every event, long before the revision it had asked for. The right code never lowers what a watcher waits for.',
    guarantee: 'No event comes from before the revision that a watch asked for (etcd Watch API).',
    check: 'watch: nothing before the start',
    missed: 'The events are real, in order, and come once; the client just had not asked for them.',
    lesson: 'A request for the future is not a request for the present.',
  },
  {
    id: 'watch-negative-start',
    code: 'W8',
    source: 'etcd #20709',
    versions: 'etcd 3.5, and 3.6 up to 3.6.5',
    title: 'A watch from a negative revision starves the others',
    cause:
      'The revision that a watch begins at came from the client unchecked. A negative one counted as one of the past; but written as the bytes that revisions are stored under it sorts behind all others. The round that serves the watchers of the past reads history once for all of them, from the lowest revision that one of them needs: here it found nothing, and all watchers of the round counted as served.',
    guarantee:
      'The first event of a watch is the first change at or behind the revision it asked for (etcd Watch API, resumable).',
    check: 'watch: resumable',
    missed:
      'The client with the bad request notices little. It is the others, on other streams, whose watches begin with a gap.',
    lesson: 'What comes from outside is checked at the door, before it shares anything with others.',
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
