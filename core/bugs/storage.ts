import type { PlantedBug } from './planted_bug.ts';
import { diskBugs } from './storage_disk.ts';

/** Apply, durability, the backend. */
const applyBugs = [
  {
    id: 'index-before-data',
    code: 'B1',
    source: 'etcd #13766',
    versions: 'etcd 3.5.0 to 3.5.2',
    title: 'The backend says that it holds an entry before it does',
    cause:
      'The backend saves, in the same transaction as the data, up to which entry of the log that data goes; a restart applies what is behind. Here the position moves on when committed entries are handed to apply, not when the apply of each holds the batch lock. A commit that falls in between, such as the one that every compaction forces, writes the position of the last entry together with the data of an earlier one. After a crash the member takes the entries between them for applied and never applies them.',
    guarantee:
      'A member that starts again has the effects of every entry up to its consistent index (etcd: consistent_index; Raft paper, State Machine Safety).',
    check: 'state machine safety',
    missed:
      'The member starts without a complaint and follows the leader: its log is whole, only its data lacks some entries, and nobody but a reader of that member can see it.',
    lesson: 'A position may be saved only together with what it is the position of.',
  },
  {
    id: 'defrag-forgets-index',
    code: 'B3',
    source: 'etcd #14685',
    versions: 'etcd 3.5.0 to 3.5.5',
    title: 'A defragmentation commits data without their position',
    cause:
      'Every commit of the backend first lets a hook put the consistent index into the transaction. The commits that a defragmentation makes of what is pending take another way and leave the hook out: the data of the last entries are on the disk, the index beside them is that of the commit before. A member that ends then applies those entries a second time, and each write gets a second revision.',
    guarantee: 'Every entry takes effect once on every member (etcd: consistent_index).',
    check: 'state machine safety',
    missed:
      'The keys have the right values; only their revisions and versions have drifted, and members are compared by hash seldom or never.',
    lesson: 'What must be in every commit belongs to the one place that all commits pass.',
  },
  {
    id: 'index-of-old-backend',
    code: 'B4',
    source: 'etcd #13937',
    versions: 'etcd 3.5.0 to 3.5.2',
    title: 'A received database gets the old position',
    cause:
      'A follower that lags too far gets the leader’s database, which takes the place of its own. The position in memory is not read from the new database: it stays the old one’s, and the next commit writes it over the right one. Until the next entry is applied the new database says that it holds less than it does; a member that starts from it looks for a received database that is not there any more, or applies entries twice.',
    guarantee:
      'After a snapshot the consistent index is at least that of the snapshot (etcd: consistent_index never goes back).',
    check: 'consistent index',
    missed:
      'The next entry puts the index right in memory; only an end of the process within that short time makes anything of it.',
    lesson: 'State that describes a file has to be replaced together with the file.',
  },
  {
    id: 'txn-reads-skipped',
    code: 'B5',
    source: 'etcd #18667',
    versions: 'etcd 3.4 and 3.5 before 3.5.17',
    title: 'A txn that fails for the client succeeds on other members',
    cause:
      'Nobody waits for the answer of a txn but the member that proposed it, so the other members leave out its reads, to save the work. One of the reads asks for a compacted revision, for which the whole txn has to fail. The member that read it refuses the txn; the others, which did not look, do its puts.',
    guarantee: 'Equal entries have equal effects on all members (Raft paper, State Machine Safety).',
    check: 'state machine safety',
    missed:
      'The client has been told of an error, as it should be. The members that did too much agree with each other, and they may be the majority.',
    lesson: 'A read that can fail is part of what decides; every member must do it.',
  },
  {
    id: 'partial-txn',
    code: 'B6',
    source: 'etcd #18679',
    versions: 'etcd 3.5 before 3.5.17',
    title: 'A txn that fails is done in part',
    cause:
      'A txn is carried out operation by operation. When one of them turns out to be impossible, because it reads a compacted revision or names a lease that does not exist, the txn answers with an error; but the puts before it have been done by then, and the transaction of the backend is ended like any other and keeps them.',
    guarantee: 'A txn takes effect as a whole or not at all (etcd API, atomicity).',
    check: 'linearizability of the store',
    missed:
      'Members agree, for all of them do the same half; only the client that was told of an error sees that something happened.',
    lesson: 'Find out whether all of it can be done before any of it is.',
  },
  {
    id: 'defrag-races-snapshot',
    code: 'B7',
    source: 'etcd #20271',
    versions: 'etcd 3.6.0 and before',
    title: 'A defragmentation puts the old database back',
    cause:
      'A defragmentation copies the database into a new file and gives it the database’s name when the copy is durable. Meanwhile a snapshot from the leader is installed, whose database takes the same name. Nothing keeps the two apart: the defragmentation comes to its end all the same and puts the copy of the old database in the place of the new one, while the member goes on writing pages of the new one.',
    guarantee: 'A member whose disk kept everything can always start again and go on (etcd: durability).',
    check: 'a good disk is enough',
    missed:
      'The running member answers from memory and is right. The damage shows at its next start, long after, and looks like a fault of the disk.',
    lesson: 'Who replaces a file has to hold the lock of everybody who may replace it.',
  },
  {
    id: 'snapshot-released-early',
    code: 'B8',
    source: 'etcd #18055',
    versions: 'etcd up to 3.5.14',
    title: 'A second snapshot removes the first one’s database',
    cause:
      'The database of a snapshot arrives before raft hears of the snapshot, and is opened when the snapshot’s record is in the log. When a second snapshot arrives in between, the databases of older ones are removed as of no further use. Nobody has noted that the first is still to be opened: its installation finds no file.',
    guarantee: 'A member whose disk kept everything can always go on (etcd: no panic).',
    check: 'a good disk is enough',
    missed:
      'It takes two snapshots within the time of one installation, as on a slow disk; the member ends, starts again, and by then everything is in order.',
    lesson: 'A file that somebody is going to open is in use from the moment that this is decided.',
  },
  {
    id: 'quota-refuses-at-apply',
    code: 'B9',
    source: 'the reason why etcd applies what exceeds the quota',
    versions: 'a mistake that etcd avoids by design',
    title: 'Each member refuses by the size of its own database',
    cause:
      'A put that does not fit the quota is refused when it is applied, by each member for itself, instead of being done everywhere and followed by an alarm through the log. But the size of the database is not part of the replicated state: it depends on when a member commits, how its pages are filled and when somebody defragmented it. Members close to the quota decide differently about the same entry.',
    guarantee: 'Equal entries have equal effects on all members (Raft paper, State Machine Safety).',
    check: 'state machine safety',
    missed:
      'It happens only within a few pages of the quota; then a member refuses for good, and who reads from it takes the old values for the present ones.',
    lesson: 'Apply may depend on the log and on nothing else.',
  },
  {
    id: 'promotion-not-saved',
    code: 'B10',
    source: 'etcd #19557',
    versions: 'etcd 3.5.1 to 3.5.19',
    title: 'A promoted learner is a learner again after a restart',
    cause:
      'A new member joins as a learner and is promoted when it has caught up. The promotion is made in raft and in the membership in memory. What is saved of the member is written only if nothing is saved of it yet, so its record still calls it a learner. After the next snapshot a member that starts reads that record, and its list of the members is at odds with raft’s configuration.',
    guarantee:
      'The membership is replicated: as of one entry all members know the same voters and learners, also after a restart.',
    check: 'one membership',
    missed:
      'Votes are counted by raft’s configuration, which is right. The wrong list shows when somebody adds the next learner, or upgrades.',
    lesson: 'A change is saved when the saved state says it, not when the memory does.',
  },
  {
    id: 'deletes-hidden-from-readers',
    code: 'B12',
    source: 'etcd #17158, fixed by #17230',
    versions: 'etcd before 3.4.30 and before 3.5.12',
    title: 'Readers find what was deleted',
    cause:
      'What was written since the last commit is kept in a buffer, which readers look at before they look at the database. Puts go into it, deletes do not: until the next commit readers find the deleted key in the database, while the write transaction does not see it any more. Whoever decides by what a reader says decides by the past: a removed member’s address is refused as taken, a deleted user still has a password.',
    guarantee:
      'What a transaction has written, and has removed, every later read sees (etcd API, durability and isolation).',
    check: 'no member panics',
    missed:
      'It lasts a tenth of a second and mends itself; keys are not deleted from the database but marked, so that only leases, members, users and alarms are concerned.',
    lesson: 'A cache of changes has to hold the removals, too.',
  },
  {
    id: 'emptied-buffer-returns',
    code: 'B12',
    source: 'etcd #17247',
    versions: 'etcd’s main branch for some days of January 2024',
    title: 'An emptied buffer gives back its first entry',
    cause:
      'The buffer of writes that are not committed yet is emptied by a commit and used again: its count is 0, its slots still hold what they held. When a transaction ends that wrote to other buckets only, nothing is merged into the buffer of the keys, and removing doubles afterwards leaves it with a count of 1: its first slot has come back. Readers look into the buffer and into the database, and nobody expects a revision in both, so that they are given that revision twice.',
    guarantee: 'A watch is given every event once (etcd API, unique).',
    check: 'watch: unique',
    missed:
      'The state is right, and so are reads by key; only who reads the history, as a watch from the past does, is given an event twice.',
    lesson: 'Emptying a container by its count leaves its contents to whoever forgets to ask for the count.',
  },
] as const satisfies readonly PlantedBug[];

/** Apply, durability, the backend, and the disk. */
export const storageBugs = [...applyBugs, ...diskBugs] as const;
