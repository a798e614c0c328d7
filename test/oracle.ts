/** Optional judges: real programs and data that a machine may lack. */
export const oraclesRequired = process.env['DETCD_REQUIRE_ORACLES'] === '1';

/** What was said to be missing, a line each: by this process or the one that started it. */
const told = 'DETCD_ORACLES_SKIPPED';

/**
 * Whether tests that need `what` are to run. Where it is missing they are skipped with one line that says so; with
 * DETCD_REQUIRE_ORACLES=1 they run and fail instead.
 */
export function hasOracle(what: string, present: boolean, remedy: string): boolean {
  if (present || oraclesRequired) return true;
  const before = process.env[told]?.split('\n') ?? [];
  if (!before.includes(what)) {
    process.stderr.write(`SKIPPED: ${what} not found; ${remedy}\n`);
    process.env[told] = [...before, what].join('\n');
  }
  return false;
}
