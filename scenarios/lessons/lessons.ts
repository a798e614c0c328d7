import type { Scenario } from '../../sim/scenario.ts';
import { lessonElection } from './election.ts';
import { lessonLeaseExpiry } from './lease_expiry.ts';
import { lessonMembership } from './membership.ts';
import { lessonPreVoteOff, lessonPreVoteOn } from './pre_vote.ts';
import { lessonQuotaAlarm } from './quota_alarm.ts';
import { lessonReplication } from './replication.ts';
import { lessonSnapshot } from './snapshot.ts';
import { lessonSplitVote } from './split_vote.ts';
import { lessonV2Watch } from './v2_watch.ts';
import { lessonWatchResume } from './watch_resume.ts';

/** Small stories for lessons, each about one thing. Not of the catalogue: they look for nothing. */
export const lessonScenarios: readonly Scenario[] = [
  lessonElection,
  lessonReplication,
  lessonSplitVote,
  lessonPreVoteOff,
  lessonPreVoteOn,
  lessonSnapshot,
  lessonMembership,
  lessonWatchResume,
  lessonLeaseExpiry,
  lessonV2Watch,
  lessonQuotaAlarm,
];
