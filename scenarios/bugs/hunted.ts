import type { Hunted } from './hunt.ts';

/** What `npm run hunt` found last, and wrote here. */
export const hunted: Hunted = { date: '', command: '', findings: [] };
