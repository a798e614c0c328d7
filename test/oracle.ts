/** Optional judges: real programs and data that a machine may lack. */
export const oraclesRequired = process.env['DETCD_REQUIRE_ORACLES'] === '1';

/**
 * Whether tests that need `what` are to run. Where it is missing they are skipped with a line that says so; with
 * DETCD_REQUIRE_ORACLES=1 they run and fail instead.
 */
export function hasOracle(what: string, present: boolean, remedy: string): boolean {
  if (present || oraclesRequired) return true;
  process.stderr.write(`SKIPPED: ${what} not found; ${remedy}\n`);
  return false;
}
