/** What is looked at after every event, in words. */
export interface Guarantee {
  readonly name: string;
  readonly guarantee: string;
}

export const invariantGuarantees = {
  electionSafety: {
    name: 'one leader per term',
    guarantee: 'At most one member becomes leader in a term (Raft paper, Election Safety).',
  },
  logMatching: {
    name: 'log matching',
    guarantee:
      'If two logs hold an entry with the same index and term, the logs are identical up to there (Raft paper, Log Matching).',
  },
  leaderCompleteness: {
    name: 'leader completeness',
    guarantee:
      'An entry committed in a term is in the log of every later leader (Raft paper, Leader Completeness).',
  },
  stateMachineSafety: {
    name: 'state machine safety',
    guarantee:
      'No two members apply different entries at the same index, and equal entries give equal states (Raft paper, State Machine Safety).',
  },
  durablePromise: {
    name: 'promises outlive a crash',
    guarantee:
      'What a member acknowledged (entries, its vote, its term) is still on its disk after a restart (Raft thesis 3.8).',
  },
  ackedWrites: {
    name: 'no acknowledged write lost',
    guarantee:
      'A write that a client was told succeeded is in the log of every later leader (etcd API, Durability).',
  },
  quorumDurable: {
    name: "committed entries are on a quorum's disks",
    guarantee:
      'When a leader counts an entry as committed, or a client is told, the disks of a quorum really hold it (Raft thesis 10.2.1).',
  },
  electedByVoters: {
    name: 'elected by a quorum of the voters',
    guarantee:
      'Whoever leads a term was given the votes of a quorum of those who may vote; learners do not count (Raft paper 5.2, thesis 4.2).',
  },
  oneMembership: {
    name: 'one membership',
    guarantee:
      'After the same change every member knows the same members, also from a snapshot, and nobody who was removed comes back (etcd: Cluster API).',
  },
  consistentIndex: {
    name: 'consistent index',
    guarantee:
      'The index that a backend says it holds the effects of never goes back and is never ahead of what was applied (etcd: consistent_index).',
  },
  keptRevisions: {
    name: 'compaction removes nothing readable',
    guarantee:
      'What readers and watchers from the compacted revision on are entitled to is the same before and after its removals (etcd: Compact).',
  },
  equalHashes: {
    name: 'equal revisions, equal HashKV',
    guarantee:
      'Members that hash the same revision after the same compaction get the same hash (etcd: HashKV).',
  },
  boundedQueues: {
    name: 'queues stay bounded',
    guarantee: 'No queue of a member grows beyond its limit, and nothing waits longer than its time.',
  },
  goodDisk: {
    name: 'a good disk is enough',
    guarantee:
      'A member whose disk kept all that was synced, and changed nothing, can start and go on (etcd: durability, no panic).',
  },
  noPanic: {
    name: 'no member panics',
    guarantee: 'No member ever finds itself in a state that its own assertions rule out (etcd: no panic).',
  },
} as const satisfies Record<string, Guarantee>;

export type InvariantName = keyof typeof invariantGuarantees;

/** When one of these breaks nothing is lost yet: a run goes on to its end, so that it can be seen what comes of it. */
export const latentInvariants: ReadonlySet<InvariantName> = new Set(['quorumDurable', 'boundedQueues']);
