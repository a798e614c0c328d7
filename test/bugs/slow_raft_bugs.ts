import type { BugId } from '../../core/bugs.ts';

/** Their scripts take a fifth of a second and more each. */
export const slowRaftBugs: ReadonlySet<BugId> = new Set<BugId>([
  'commit-earlier-term',
  'hardstate-before-snapshot-record',
  'message-to-another-member',
  'read-context-by-bytes',
  'respond-before-fsync',
  'silent-to-lower-leader',
  'silent-to-lower-prevote',
  'snapshot-left-by-ack-only',
]);
