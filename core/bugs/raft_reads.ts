import type { PlantedBug } from './planted_bug.ts';

/** Reads that are answered by somebody who does not know enough, or not any more; and a lock that rests on such a look. */
export const raftReadBugs = [
  {
    id: 'local-reads',
    code: 'J1',
    source: 'Jepsen 2014',
    versions: 'etcd 0.4 (2014), by default',
    title: 'Reads are answered from the member’s own state',
    cause:
      'A member answers a read from what it has applied, without asking whether anybody leads. It may lag behind, or sit on the wrong side of a partition and not know that the others go on without it. etcd still offers such reads, but only to those who ask for them (serializable).',
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
      'A new leader has every committed entry in its log, but it does not know yet how far the log is committed: its commit index may lie behind what its predecessor told clients. With this bug it confirms reads at that index before an entry of its own term is committed, so they see the state before the last acknowledged writes.',
    guarantee: 'A read sees every write that was acknowledged before it began (Raft thesis 6.4).',
    check: 'linearizability',
    missed: 'The state machine is right on every member; only the moment of the answer is wrong.',
    lesson: 'A new leader knows what is in its log, not yet how much of it is committed.',
  },
  {
    id: 'read-context-by-bytes',
    code: 'R3',
    source: 'etcd #20418',
    versions: 'etcd up to 3.6.2',
    title: 'An old answer confirms a new read',
    cause:
      'A leader makes sure that it still leads by heartbeats that carry a context, and takes an answer with that context, and with it all reads that were asked before, for confirmed. With this bug the context is the bytes that the asker chose. A request that comes twice, because it was asked again or the network doubled it, waits twice under the same bytes: an answer to the heartbeats of the first time, given when the leader still was one, confirms the second, and every read that came between them.',
    guarantee:
      'A read is answered only when a quorum has confirmed the leader after the read began (Raft thesis 6.4).',
    check: 'linearizability',
    missed:
      'No log and no state is wrong anywhere, and the deposed leader steps down by itself a moment later.',
    lesson: 'An answer must name the question it belongs to, not one that looks the same.',
  },
  {
    id: 'lease-reads',
    code: 'R5',
    source: 'Raft thesis 6.4.1; etcd raft: ReadOnlyLeaseBased',
    versions: 'an option of etcd’s raft that etcd itself does not use',
    title: 'A leader trusts its clock when it answers reads',
    cause:
      'A leader that heard from a quorum lately answers reads without asking again, since the others wait at least an election timeout before they elect another. That counts ticks on two clocks, from two beginnings: a leader whose process stands still, whose clock is slow, or who looks for its quorum only now and then, believes in a lease that is over for everybody else, and answers with what was true before its successor’s writes.',
    guarantee:
      'A read sees every write that was acknowledged before it began (etcd API, strict serializability).',
    check: 'linearizability',
    missed:
      'On healthy machines it is right every time, and faster; a benchmark can’t tell it from the right one.',
    lesson: 'A lease is a bet on clocks; a process can stand still between looking at one and answering.',
  },
  {
    id: 'lease-without-check-quorum',
    code: 'R5',
    source: 'etcd raft: ReadOnlyLeaseBased requires CheckQuorum',
    versions: 'etcd’s raft before the configuration refused it',
    title: 'Reads by lease from a leader that never asks who still follows',
    cause:
      'Reads by lease rest on a leader that steps down when it has not heard from a quorum for an election timeout. Without that check the lease has no end: a leader that is cut off goes on answering its clients from its own state for as long as the partition lasts, while the others elect another and go on writing.',
    guarantee:
      'A read sees every write that was acknowledged before it began (etcd API, strict serializability).',
    check: 'linearizability',
    missed:
      'All clients of the cut-off leader get answers at once; that looks like availability, not like a fault.',
    lesson:
      'An optimisation brings its precondition with it; refuse the configuration that has one without the other.',
  },
  {
    id: 'singleton-reads-early',
    code: 'B13',
    source: 'etcd raft: reads of a cluster of one',
    versions: 'etcd’s raft up to 3.4',
    title: 'The only member answers reads before it knows its own log',
    cause:
      'Who is the only voter needs nobody’s confirmation, so its reads take a short cut. With this bug the short cut also leaves out the question whether an entry of the term is committed. After a restart the commit index is as old as the last hard state on the disk: until the new term’s first entry is stored, the reads see the state before the last acknowledged writes.',
    guarantee:
      'A read sees every write that was acknowledged before it began (etcd API, strict serializability).',
    check: 'linearizability',
    missed: 'The write is not lost: it is in the log, and a moment later every read shows it.',
    lesson: 'Being alone spares the asking, not the knowing.',
  },
  {
    id: 'lock-without-recheck',
    code: 'J2',
    source: 'Jepsen 2020 (etcd 3.4.3)',
    versions: 'clientv3/concurrency up to 3.4.3',
    title: 'Who waited for a lock takes it without looking at its own key',
    cause:
      'Whoever wants the lock puts a key attached to its lease, then waits until nobody’s key is before its own. With this bug it believes to hold the lock as soon as the last key before it is gone. But its own lease may have ended while it waited, and its own key with it: somebody who came later is first, too, and two hold the lock.',
    guarantee:
      'While a holder’s session is alive nobody else is told to hold the lock (etcd: concurrency.Mutex).',
    check: 'one holder at a time',
    missed:
      'etcd did everything right: each request is linearizable, each lease ended in its time. Only the lock’s users are harmed.',
    lesson: 'What was true before the wait has to be looked at again after it.',
  },
] as const satisfies readonly PlantedBug[];
