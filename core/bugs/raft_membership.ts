import type { PlantedBug } from './planted_bug.ts';

/** Who votes, whose votes count, and who must be answered although it can't win. */
export const raftMembershipBugs = [
  {
    id: 'silent-to-lower-leader',
    code: 'R6',
    source: 'etcd #5468',
    versions: 'etcd’s raft before 3.0, with CheckQuorum',
    title: 'A member in a higher term ignores the leader in silence',
    cause:
      'A member that raised its term while it was cut off comes back among others that have a leader in a lower term. Its messages do not depose that leader, because followers who hear from a leader do not listen to candidates. So it has to answer the leader’s messages, for all that they are of a lower term: the answer’s term makes the leader step down, and everybody meets in a later term. With this bug it drops them, and stays outside for as long as the leader lives.',
    guarantee: 'A member that is up and connected takes part again (Raft thesis 4.2.3, 9.6: liveness).',
    check: 'members agree in the end',
    missed: 'A quorum serves every client; the member is up, connected, and gets nothing any more.',
    lesson: 'Whoever refuses to be disturbed must still be told that it is behind.',
  },
  {
    id: 'silent-to-lower-prevote',
    code: 'R6',
    source: 'etcd #8501 and #8243',
    versions: 'etcd’s raft before 3.4, with PreVote',
    title: 'A pre-vote of a lower term is dropped instead of refused',
    cause:
      'Pre-votes raise nobody’s term, so members can wait for each other in different terms: one with a higher term and a shorter log, which nobody elects, and one with the longer log, whose pre-vote asks about a term that the first has passed already. A refusal would tell it the term it needs. With this bug it gets no answer, asks for ever, and nobody leads.',
    guarantee:
      'When a quorum is up and connected, somebody is elected within a bounded time (Raft thesis 9.6: liveness).',
    check: 'progress after healing',
    missed: 'No promise about data is broken. Only a check that asks for progress sees that nothing happens.',
    lesson: 'Silence is no answer: refuse, and say why.',
  },
  {
    id: 'two-pending-conf-changes',
    code: 'R7',
    source: 'etcd #12133',
    versions: 'etcd’s raft before 3.5, in some orders of changes',
    title: 'A change of the members is begun while another is under way',
    cause:
      'A leader appends a change of the membership although an earlier one is not applied yet. Each alone changes one voter, so that old and new majorities have a member in common; both together change two. A leader that has applied both and a member that has applied none can find majorities without a common member: two leaders commit different entries.',
    guarantee: 'An entry committed in a term is in the log of every later leader (Raft thesis 4.1).',
    check: 'leader completeness',
    missed:
      'Both changes pass, all members list the same members. The overlap is missing only for the time between commit and apply.',
    lesson: 'One change at a time means applied, not proposed.',
  },
  {
    id: 'new-leader-forgets-conf-change',
    code: 'R8',
    source: 'Ongaro 2015: bug in single-server membership changes',
    versions: 'Raft as the dissertation had it; implementations until 2015',
    title: 'A new leader does not look for its predecessor’s change',
    cause:
      'A change of the membership that an earlier leader appended may stand in the new leader’s log, neither committed nor applied. With this bug the new leader starts with a clean slate and takes another change at once. Both are then under way together, though each leader took only one, and old and new majorities need not have a member in common.',
    guarantee: 'An entry committed in a term is in the log of every later leader (Raft thesis 4.1).',
    check: 'leader completeness',
    missed: 'Neither leader broke the rule of one change at a time as far as it could remember.',
    lesson: 'What a rule is about must be read from the log, not from the memory of who leads now.',
  },
  {
    id: 'ack-before-conf-change',
    code: 'R9',
    source: 'etcd #7280',
    versions: 'etcd before 3.2',
    title: 'A follower answers before it has applied a change of the members',
    cause:
      'Raft counts a committed change as applied once it was handed out, while the state machine may get to it later. With this bug a member that does not lead sends its acknowledgements without waiting for that, so the leader goes on to the next change: the member now stands two changes behind, does not know it, and may campaign, and win, by a membership that has no member in common with the present majority.',
    guarantee: 'An entry committed in a term is in the log of every later leader (Raft thesis 4.1).',
    check: 'leader completeness',
    missed: 'On members that apply fast it never shows; it takes one that is slow at the wrong moment.',
    lesson: 'An acknowledgement says that one is ready for the next step; be ready before sending it.',
  },
  {
    id: 'learner-refuses-vote',
    code: 'R10',
    source: 'etcd raft: learners vote when they are asked',
    versions: 'etcd’s raft 3.3 to 3.4 (fixed with joint consensus)',
    title: 'A member that believes to be a learner does not vote',
    cause:
      'A learner that was promoted hears of it last: the change takes effect for those who applied it, and the new voter’s voice is counted in every quorum from then on. With this bug it refuses to vote until it has applied the change itself. If it is needed for the quorum there is no leader, and without a leader it never gets to apply the change.',
    guarantee: 'When a quorum is up and connected, somebody is elected within a bounded time (liveness).',
    check: 'progress after healing',
    missed:
      'Nothing wrong is ever said; the cluster just stands still with a majority of its voters running.',
    lesson: 'Who asks for a vote may know more of the membership than who is asked.',
  },
  {
    id: 'removal-commits-nothing',
    code: 'R10',
    source: 'etcd raft: commit after a change of the members',
    versions: 'etcd’s raft before 2.1',
    title: 'A smaller quorum is not counted again',
    cause:
      'When a voter is removed, what stood on too few members before may stand on enough now. The leader has to count again when it applies the change, since nothing else will make it: who has acknowledged does not acknowledge again. With this bug it does not, and what was proposed behind the change waits for the next proposal.',
    guarantee:
      'A request that a quorum of the members holds is answered without another one coming (Raft thesis 4.1: liveness).',
    check: 'answers without further traffic',
    missed:
      'Under load the next write brings the answer; only in a quiet cluster does somebody wait for ever.',
    lesson: 'Whatever changes a quorum must count it again.',
  },
  {
    id: 'message-to-another-member',
    code: 'B11',
    source: 'etcd #17081',
    versions: 'etcd up to 3.5.11',
    title: 'Takes a message that is addressed to another member',
    cause:
      'A member is replaced by a new one at the same address, with an empty disk and an id of its own. The others still have the old member in their configuration and go on writing to that address. With this bug the new member does not look whom a message is for: it takes a heartbeat for the old member, with a commit index of a log that it has never had, for its own.',
    guarantee: 'No member finds itself in a state that its own assertions rule out (etcd: no panic).',
    check: 'no member panics',
    missed: 'The others count the old member as failed and serve everybody; the replacement never comes up.',
    lesson: 'An address says where, not who.',
  },
] as const satisfies readonly PlantedBug[];
