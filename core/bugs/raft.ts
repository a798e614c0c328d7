import type { PlantedBug } from './planted_bug.ts';

/** Raft, the reads that rest on it, and what Jepsen found. */
export const raftBugs = [
  {
    id: 'respond-before-fsync',
    code: 'R2',
    source: 'raft: thesis 3.8, etcd #14370',
    versions: 'raft libraries of every age; etcd up to 3.5.4 in a cluster of one',
    title: 'Answers before the disk has the data',
    cause:
      'A member sends its votes and append acknowledgements, and counts its own, before the entries and the vote are synced.',
    guarantee:
      'An acknowledged write survives the crash of a majority (Raft thesis 3.8: persist before answering).',
    check: 'promises outlive a crash',
    missed:
      'Without it the cluster looks healthy: the lost entry is gone from every log, and all members agree on the shorter history.',
    lesson: 'What leaves a member is a promise; nothing may leave before the disk has what it promises.',
  },
  {
    id: 'local-reads',
    code: 'J1',
    source: 'Jepsen 2014',
    versions: 'etcd 0.4 (2014), by default',
    title: 'Reads are answered from the member’s own state',
    cause: 'A member answers a linearizable read at once, without asking whether anybody leads.',
    guarantee:
      'A read sees every write that was acknowledged before it began (etcd API, strict serializability).',
    check: 'linearizability',
    missed: 'Every member agrees in the end, and every read returns something that was once written.',
    lesson: 'A read is a question to the cluster, not to a member.',
  },
  {
    id: 'read-before-commit',
    code: 'R4',
    source: 'etcd #7331',
    versions: 'etcd 3.1 before its release',
    title: 'A new leader answers reads too early',
    cause:
      'A leader confirms reads before it has committed an entry of its own term, when its commit index may lie behind.',
    guarantee: 'A read sees every write that was acknowledged before it began (Raft thesis 6.4).',
    check: 'linearizability',
    missed: 'The state machine is right on every member; only the moment of the answer is wrong.',
    lesson: 'A new leader knows what is in its log, not yet how much of it is committed.',
  },
  {
    id: 'commit-earlier-term',
    code: 'R1',
    source: 'Raft paper, figure 8',
    versions: 'a mistake of implementations; etcd never had it',
    title: 'Commits what an earlier leader left',
    cause: 'A leader counts copies of entries of earlier terms and commits them by that alone.',
    guarantee: 'An entry committed in a term is in the log of every later leader (Raft paper 5.4.2).',
    check: 'leader completeness',
    missed:
      'Each member is consistent by itself, and most elections do not show it: it takes three leaders in a row.',
    lesson: 'Copies on a majority commit an entry only in the term of the leader that counts them.',
  },
] as const satisfies readonly PlantedBug[];
