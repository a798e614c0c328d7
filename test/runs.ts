/** How often properties are tried: a few times in `npm test`, which is to be quick, and many times in `npm run test:long`. */
const given = process.env['DETCD_RUNS'];

/** Set by test/long/vitest.config.ts, which runs every file that imports this one. */
export const isThorough = process.env['DETCD_THOROUGH'] === '1';

/** DETCD_RUNS, a number, goes before both. */
export function runs(few: number, many: number): number {
  if (given !== undefined) return Number(given);
  return isThorough ? many : few;
}
