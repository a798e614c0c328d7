/**
 * Planted bugs: each switch inverts one condition of the right code. All are off unless a test, a lesson or `--bug` turns one
 * on; checkers can't see them (the import rules forbid it).
 */
export interface PlantedBug {
  readonly id: string;
  readonly title: string;
  /** What goes wrong, in one sentence. */
  readonly cause: string;
  /** The guarantee that breaks. */
  readonly guarantee: string;
}

export const plantedBugs = [
  {
    id: 'respond-before-fsync',
    title: 'Answers before the disk has the data',
    cause:
      'A member sends its votes and append acknowledgements, and counts its own, before the entries and the vote are synced.',
    guarantee:
      'An acknowledged write survives the crash of a majority (Raft thesis 3.8: persist before answering).',
  },
] as const satisfies readonly PlantedBug[];

export type BugId = (typeof plantedBugs)[number]['id'];
export type BugSwitches = ReadonlySet<BugId>;
export const noBugs: BugSwitches = new Set();

export function isBugId(text: string): text is BugId {
  return plantedBugs.some((bug) => bug.id === text);
}
