import type { BugScript } from './bug_script.ts';
import { ackBeforeConfChange } from './raft/ack_before_conf_change.ts';
import { commitEarlierTerm } from './raft/commit_earlier_term.ts';
import { hardstateBeforeSnapshotRecord } from './raft/hardstate_before_snapshot_record.ts';
import { heartbeatCommitUnclipped } from './raft/heartbeat_commit_unclipped.ts';
import { learnerRefusesVote } from './raft/learner_refuses_vote.ts';
import { leaseReads } from './raft/lease_reads.ts';
import { leaseWithoutCheckQuorum } from './raft/lease_without_check_quorum.ts';
import { localReads } from './raft/local_reads.ts';
import { lockWithoutRecheck } from './raft/lock_without_recheck.ts';
import { messageToAnotherMember } from './raft/message_to_another_member.ts';
import { newLeaderForgetsConfChange } from './raft/new_leader_forgets_conf_change.ts';
import { pageCountsAsAll } from './raft/page_counts_as_all.ts';
import { readBeforeCommit } from './raft/read_before_commit.ts';
import { readContextByBytes } from './raft/read_context_by_bytes.ts';
import { removalCommitsNothing } from './raft/removal_commits_nothing.ts';
import { respondBeforeFsync } from './raft/respond_before_fsync.ts';
import { selfCountedAtAppend } from './raft/self_counted_at_append.ts';
import { silentToLowerLeader } from './raft/silent_to_lower_leader.ts';
import { silentToLowerPrevote } from './raft/silent_to_lower_prevote.ts';
import { singletonReadsEarly } from './raft/singleton_reads_early.ts';
import { snapshotLeftByAckOnly } from './raft/snapshot_left_by_ack_only.ts';
import { twoPendingConfChanges } from './raft/two_pending_conf_changes.ts';

export const raftScripts: readonly BugScript[] = [
  {
    bug: 'commit-earlier-term',
    schedule: [
      'The leader’s entries reach one friend; then both are cut off from the other three.',
      'Those elect a leader whose entries reach nobody.',
      'The cut heals but for that leader; the first one, or its friend, leads again and sends on what is of its earlier term.',
      'As soon as that stands on three members and counts as committed, both are cut off, and the second leader is back: its last entry is of a higher term.',
    ],
    scenario: commitEarlierTerm,
    seed: '1',
    hunt: ['one-entry-at-a-time'],
  },
  {
    bug: 'respond-before-fsync',
    schedule: [
      'A follower’s disk becomes slow.',
      'It loses power with acknowledged entries in its page cache, and comes back.',
    ],
    scenario: respondBeforeFsync,
    seed: '1',
    hunt: ['crash-storm', 'power-failure'],
  },
  {
    bug: 'self-counted-at-append',
    schedule: [
      'The only member ends just before it saves a write that its client is told of.',
      'It starts again.',
    ],
    scenario: selfCountedAtAppend,
    seed: '1',
    hunt: ['all-alone', 'slow-disk'],
  },
  {
    bug: 'hardstate-before-snapshot-record',
    schedule: [
      'A follower is cut off until it needs a snapshot.',
      'The cut heals; the follower gets the snapshot, loses power later, and can’t read its log.',
    ],
    scenario: hardstateBeforeSnapshotRecord,
    seed: '1',
    hunt: ['long-way-back'],
  },
  {
    bug: 'page-counts-as-all',
    schedule: [
      'A follower loses power.',
      'When it is back it has more committed entries to apply than fit into one page.',
    ],
    scenario: pageCountsAsAll,
    seed: '1',
    hunt: ['replaced-machines'],
  },
  {
    bug: 'heartbeat-commit-unclipped',
    schedule: [
      'A follower does not hear the leader for a moment, while the others write.',
      'The cut heals, and a heartbeat comes before the entries.',
    ],
    scenario: heartbeatCommitUnclipped,
    seed: '1',
    hunt: ['leader-isolated', 'minority-partition'],
  },
  {
    bug: 'snapshot-left-by-ack-only',
    schedule: [
      'A follower does not hear the leader until its next entries are compacted away.',
      'The cut heals; the snapshot is kept back for a moment, until the follower’s acknowledgements are lost.',
      'The snapshot arrives, and what the follower says of it is lost.',
      'All is mended; the follower never gets another entry.',
    ],
    scenario: snapshotLeftByAckOnly,
    seed: '1',
    hunt: ['long-way-back'],
  },
  {
    bug: 'local-reads',
    schedule: ['A follower is cut off from the other members, not from its client.'],
    scenario: localReads,
    seed: '3',
    hunt: ['minority-partition', 'leader-isolated'],
  },
  {
    bug: 'read-before-commit',
    schedule: [
      'The leader is cut off just when the last write is committed, and its client told: the others have the entry, but do not know that it is.',
      'Their acknowledgements to each other are kept back: the next leader can’t commit an entry of its own term, but is answered when it asks whether it leads.',
    ],
    scenario: readBeforeCommit,
    seed: '2',
    hunt: ['crash-storm'],
  },
  {
    bug: 'read-context-by-bytes',
    schedule: [
      'One follower’s answers to heartbeats are kept back; the other one’s confirm the reads that it asks for.',
      'Then nothing reaches the leader any more. It hands over to the first, and does not hear that it has.',
      'The new leader’s clients write; the old leader’s client reads.',
      'The last question of the second follower comes to the old leader once more, then the answers that were kept back.',
    ],
    scenario: readContextByBytes,
    seed: '1',
    hunt: ['one-kind-of-message'],
  },
  {
    bug: 'lease-reads',
    schedule: [
      'The leader is cut off from the other members, not from its client; they elect another while its lease lasts.',
    ],
    scenario: leaseReads,
    seed: '7',
    hunt: ['leader-isolated'],
  },
  {
    bug: 'lease-without-check-quorum',
    schedule: ['The leader is cut off from the other members, not from its client, and never finds out.'],
    scenario: leaseWithoutCheckQuorum,
    seed: '1',
    hunt: ['leader-isolated'],
  },
  {
    bug: 'singleton-reads-early',
    schedule: [
      'The only member loses power with a write that is acknowledged, and committed only in memory.',
      'It starts again on a slow disk: its term’s first entry takes its time.',
    ],
    scenario: singletonReadsEarly,
    seed: '1',
    hunt: ['all-alone'],
  },
  {
    bug: 'lock-without-recheck',
    schedule: [
      'A client that has put its key into the line, and asks who is before it, is cut off for longer than its lease.',
      'The cut heals: nobody is before it, nor is it there itself.',
    ],
    scenario: lockWithoutRecheck,
    seed: '14',
    hunt: ['recipe-lock'],
  },
  {
    bug: 'silent-to-lower-leader',
    schedule: [
      'What a follower says is lost.',
      'The leader is asked to hand over to it: it raises its term, and nobody hears of it.',
      'The cut heals: a member of a higher term hears from a leader of a lower one.',
    ],
    scenario: silentToLowerLeader,
    seed: '1',
    hunt: ['one-kind-of-message'],
  },
  {
    bug: 'silent-to-lower-prevote',
    schedule: [
      'The leader stands still. One follower may not ask for pre-votes, the other is granted them again and again, but its requests for votes are lost: its term grows.',
      'The leader goes on in its old term with the first follower, and both write.',
      'The leader ends, and all links are mended: one member has the longer log, the other the higher term.',
    ],
    scenario: silentToLowerPrevote,
    seed: '1',
    hunt: ['one-kind-of-message'],
  },
  {
    bug: 'two-pending-conf-changes',
    schedule: [
      'The leader is asked to add two machines at the same moment.',
      'As soon as both changes are committed the others do not hear it any more: they have them in their logs and do not know.',
      'The machines are started: the leader has a majority of five with them, the other two one of three.',
    ],
    scenario: twoPendingConfChanges,
    seed: '1',
    hunt: ['hasty-changes'],
  },
  {
    bug: 'new-leader-forgets-conf-change',
    schedule: [
      'One follower gets no entries for now. The leader is asked to add a machine, and stands still before that is committed.',
      'The other follower leads, and is asked to add another machine.',
      'The first follower gets its entries, so that both changes are committed; then the new leader’s messages are lost.',
      'The old leader goes on, and the machines are started: two majorities without a common member.',
    ],
    scenario: newLeaderForgetsConfChange,
    seed: '1',
    hunt: ['hasty-changes'],
  },
  {
    bug: 'ack-before-conf-change',
    schedule: [
      'A follower does not hear the leader, and is removed.',
      'The other follower is removed, too; it has acknowledged that before it applied the first change.',
      'It does not hear the leader either from now on: the leader goes on alone, and the two elect one of them.',
    ],
    scenario: ackBeforeConfChange,
    seed: '4',
    hunt: ['hasty-changes'],
  },
  {
    bug: 'learner-refuses-vote',
    schedule: [
      'A learner joins a cluster of two.',
      'It does not hear the leader when it is promoted.',
      'The leader is lost for good: the other voter needs the new one’s vote.',
    ],
    scenario: learnerRefusesVote,
    seed: '1',
    hunt: ['membership-churn'],
  },
  {
    bug: 'removal-commits-nothing',
    schedule: ['One of two members is removed while a write is under way.'],
    scenario: removalCommitsNothing,
    seed: '1',
    hunt: ['calm-changes'],
  },
  {
    bug: 'message-to-another-member',
    schedule: ['A follower is lost.', 'A new member is added, and started at the lost one’s address.'],
    scenario: messageToAnotherMember,
    seed: '1',
    hunt: ['replaced-machines'],
  },
];
