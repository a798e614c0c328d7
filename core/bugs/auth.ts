import type { PlantedBug } from './planted_bug.ts';

/** Users, roles and permissions. */
export const authBugs = [] as const satisfies readonly PlantedBug[];
