import type { BugId } from '../../core/bugs.ts';

/** Their scripts take most of a second each. */
export const slowStorageBugs: ReadonlySet<BugId> = new Set<BugId>([
  'defrag-races-snapshot',
  'index-of-old-backend',
  'promotion-not-saved',
  'quota-refuses-at-apply',
  'snapshot-released-early',
]);
