import type { BugScript } from './bug_script.ts';
import { authScripts } from './auth_scripts.ts';
import { leaseScripts } from './lease_scripts.ts';
import { raftScripts } from './raft_scripts.ts';
import { storageScripts } from './storage_scripts.ts';
import { watchScripts } from './watch_scripts.ts';

/** A script for each planted bug that really happened, in the registry's order. */
export const bugScripts: readonly BugScript[] = [
  ...storageScripts,
  ...watchScripts,
  ...leaseScripts,
  ...authScripts,
  ...raftScripts,
];

export function findBugScript(bug: string): BugScript | undefined {
  return bugScripts.find((script) => script.bug === bug);
}
