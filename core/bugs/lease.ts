import type { PlantedBug } from './planted_bug.ts';

/** Leases. */
export const leaseBugs = [] as const satisfies readonly PlantedBug[];
