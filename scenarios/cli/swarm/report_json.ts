import { failpointSites } from '../../../core/server/failpoints.ts';
import { type Collected, againLine } from './collected.ts';

/** A swarm's results for programs: `detcd report --json`, `detcd swarm --json`. */
export function reportJson(collected: Collected) {
  const { counted, red, seedsPerMinute, elapsedMs, goalRuns, build, files, sources } = collected;
  return {
    build,
    green: red.length === 0,
    red,
    files,
    runs: counted.runs,
    failedRuns: counted.failedRuns,
    elapsedMs,
    seedsPerMinute: Math.round(seedsPerMinute),
    virtualNs: counted.virtualNs,
    traceEvents: counted.traceEvents,
    goalRuns,
    canary: counted.canary,
    scenarios: counted.scenarios,
    failures: counted.groups.map(({ example, runs }) => ({
      ...example,
      runs: runs.map((run) => ({
        scenario: run.scenario,
        seed: run.seed,
        digest: run.digest,
        again: againLine(run, sources),
      })),
    })),
    faults: counted.faults,
    failpoints: counted.failpoints,
    failpointsNeverArmed: failpointSites.filter((site) => counted.failpoints[site] === undefined),
    disagreements: counted.disagreements,
  };
}
