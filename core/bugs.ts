/**
 * Planted bugs: each switch inverts one condition of the right code. All are off unless a test, a lesson or `--bug` turns one
 * on; checkers can't see them (the import rules forbid it).
 */
import { authBugs } from './bugs/auth.ts';
import { leaseBugs } from './bugs/lease.ts';
import { raftBugs } from './bugs/raft.ts';
import { storageBugs } from './bugs/storage.ts';
import { watchBugs } from './bugs/watch.ts';

export { missingBugs } from './bugs/missing.ts';
export type { MissingBug, PlantedBug } from './bugs/planted_bug.ts';

/** Every planted bug, family by family. */
export const plantedBugs = [...storageBugs, ...watchBugs, ...leaseBugs, ...authBugs, ...raftBugs] as const;

export type BugId = (typeof plantedBugs)[number]['id'];
export type BugSwitches = ReadonlySet<BugId>;
/** What production runs with. */
export const noBugs: BugSwitches = new Set();

export function isBugId(text: string): text is BugId {
  return plantedBugs.some((bug) => bug.id === text);
}
