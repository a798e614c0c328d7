import { election } from './election.ts';
import { figure8 } from './figure8.ts';
import { fsyncLoss } from './fsync_loss.ts';
import { leaseExpiry } from './lease_expiry.ts';
import type { Lesson } from './lesson.ts';
import { membershipChange } from './membership_change.ts';
import { preVote } from './pre_vote.ts';
import { quotaAlarm } from './quota_alarm.ts';
import { readIndex } from './read_index.ts';
import { replication } from './replication.ts';
import { snapshotInstall } from './snapshot_install.ts';
import { splitVote } from './split_vote.ts';
import { v2Watch } from './v2_watch.ts';
import { watchResume } from './watch_resume.ts';

/** In the order in which one should take them. */
export const lessons: readonly Lesson[] = [
  election,
  replication,
  splitVote,
  preVote,
  fsyncLoss,
  snapshotInstall,
  membershipChange,
  readIndex,
  watchResume,
  leaseExpiry,
  v2Watch,
  quotaAlarm,
  figure8,
];

export function findLesson(id: string): Lesson | undefined {
  return lessons.find((lesson) => lesson.id === id);
}
