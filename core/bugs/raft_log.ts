import type { PlantedBug } from './planted_bug.ts';

/** Who may count an entry as committed, and what the disk must have by then. */
export const raftLogBugs = [
  {
    id: 'commit-earlier-term',
    code: 'R1',
    source: 'Raft paper, figure 8',
    versions: 'a mistake of implementations; etcd never had it',
    title: 'Commits what an earlier leader left',
    cause:
      'A leader counts on how many members an entry stands and commits it by that alone, whatever the entry’s term. An entry of an earlier term can be on a majority and still lose: a member whose last entry is of a higher term, though its log is shorter, may be elected by the others and overwrite it. Only an entry of the leader’s own term rules such a candidate out, and commits everything before it on the way.',
    guarantee: 'An entry committed in a term is in the log of every later leader (Raft paper 5.4.2).',
    check: 'leader completeness',
    missed:
      'Each member is consistent by itself, and most elections do not show it: it takes three leaders in a row.',
    lesson: 'Copies on a majority commit an entry only in the term of the leader that counts them.',
  },
  {
    id: 'respond-before-fsync',
    code: 'R2',
    source: 'raft: thesis 3.8, etcd #14370',
    versions: 'raft libraries of every age; etcd up to 3.5.4 in a cluster of one',
    title: 'Answers before the disk has the data',
    cause:
      'A member sends its votes and append acknowledgements, and counts its own, when it has written the entries and the vote, without waiting for the sync. The page cache forgets with the power. After a crash the member knows nothing of a vote it gave, and can give it to another in the same term; nor of entries that a leader counted as stored here.',
    guarantee:
      'An acknowledged write survives the crash of a majority (Raft thesis 3.8: persist before answering).',
    check: "committed entries are on a quorum's disks",
    missed:
      'Without it the cluster looks healthy: the lost entry is gone from every log, and all members agree on the shorter history.',
    lesson: 'What leaves a member is a promise; nothing may leave before the disk has what it promises.',
  },
  {
    id: 'self-counted-at-append',
    code: 'B2',
    source: 'etcd #14370',
    versions: 'etcd up to 3.5.4',
    title: 'The leader counts itself before its disk has the entry',
    cause:
      'When a leader appends a proposal to its log in memory it notes at once that it holds the entry itself. In a cluster of one that is the whole quorum: the entry is committed before it is written, the state machine gets it in the same step, and the client hears of success. If the process ends before the log is saved, the write was never anywhere.',
    guarantee: 'What a client was told to be written is still there after a restart (etcd API, Durability).',
    check: "committed entries are on a quorum's disks",
    missed:
      'The member comes back with a log that is whole and a state that agrees with it; only the client remembers.',
    lesson: 'A leader is one more member whose disk has to answer, above all when it is the only one.',
  },
  {
    id: 'hardstate-before-snapshot-record',
    code: 'B14',
    source: 'etcd #10219',
    versions: 'etcd up to 3.3.10, under one order of writes',
    title: 'The log says how far it is committed before it says where it starts',
    cause:
      'A member that was sent a snapshot writes two things into its log: a record that the log now starts behind the snapshot, and a hard state whose commit index lies at the snapshot. Written in the wrong order, a crash between them leaves a commit index beyond everything that the log holds, since the snapshot without its record does not count. The member can’t start any more; and a log that is read strictly, as here, is refused for that order alone.',
    guarantee:
      'Whatever moment the power fails in, what is on the disk is a state that the member can start from (Raft thesis 3.8).',
    check: 'a good disk is enough',
    missed: 'The cluster goes on with the others; the member is one restart loop that nobody looks into.',
    lesson: 'Write first what later writes refer to: every prefix of what is written must make sense.',
  },
  {
    id: 'page-counts-as-all',
    code: 'R12',
    source: 'raft: pages of committed entries (etcd, 2018)',
    versions: 'etcd’s raft between two changes of 2018, before 3.4',
    title: 'The first page of committed entries passes for all of them',
    cause:
      'Committed entries are handed to the state machine in pages of limited size. When a page has been handed out, raft notes how far it got by the commit index and not by the last entry of the page. What lies between is neither handed out again nor missed by raft: it counts as applied.',
    guarantee:
      'Every member applies every committed entry, in the order of the log (Raft paper, State Machine Safety).',
    check: 'no member panics',
    missed:
      'The applier here insists on every index; one that takes what it is given has a hole in its state, and only a comparison of the members’ data would tell.',
    lesson: 'Note what was done, not what was to be done.',
  },
  {
    id: 'heartbeat-commit-unclipped',
    code: 'R14',
    source: 'raft: heartbeats (Raft paper 5.3)',
    versions: 'a mistake of implementations; the first drafts of etcd’s raft',
    title: 'A heartbeat carries a commit index that its receiver can’t have',
    cause:
      'An append says after which entry it belongs, so its receiver knows that the logs match up to there before it believes the commit index. A heartbeat says nothing of the kind. Unless the leader clips the commit index to what the follower is known to hold, a follower that lags, or whose log has another leader’s tail, takes entries for committed that it does not have or that are not the committed ones.',
    guarantee: 'No two members apply different entries at one index (Raft paper, State Machine Safety).',
    check: 'no member panics',
    missed:
      'With logs that match, heartbeats are harmless; the wrong commit index is in the one message that no comparison precedes.',
    lesson: 'A commit index means something only together with a log that is known to match.',
  },
  {
    id: 'snapshot-left-by-ack-only',
    code: 'R11',
    source: 'raft: leaving StateSnapshot',
    versions: 'etcd’s raft before 3.6, with transports that lose what follows a snapshot',
    title: 'Only the acknowledgement of the very snapshot ends the wait for it',
    cause:
      'While a follower is sent a snapshot, the leader sends it nothing else. With this bug the leader goes on waiting until the follower acknowledges the snapshot’s index: neither the report that the snapshot has arrived nor an acknowledgement from which the log could go on ends the wait. If that one acknowledgement is lost, nothing will ever make the follower send another.',
    guarantee:
      'A follower that is up and connected catches up (Raft paper 5.3: the leader retries for ever).',
    check: 'members agree in the end',
    missed:
      'A quorum goes on without the follower, every request is answered; it merely never gets another entry, until the leader changes.',
    lesson: 'A wait for one message is a deadlock in a network that may lose it.',
  },
] as const satisfies readonly PlantedBug[];
