import { describe, expect, it } from 'vitest';
import type { BugId } from '../../core/bugs.ts';
import { findScenario } from '../../scenarios/catalogue.ts';
import { runScenario } from '../../sim/run.ts';
import { nsPerMs } from '../../sim/script.ts';

const durationMs = 1500;

function run(scenarioName: string, bugs: readonly BugId[]) {
  const scenario = findScenario(scenarioName);
  if (scenario === undefined) throw new Error(`there is no scenario ${scenarioName}`);
  const { info } = runScenario({ scenario, seed: '1', bugs, members: 3, clients: 2, durationMs });
  const status = (name: string) => info.verdict.checks.find((check) => check.name === name);
  return { ...info, status };
}

describe('what members do behind the scenes', () => {
  it.each<readonly [BugId]>([['respond-before-fsync'], ['self-counted-at-append']])(
    "%s is seen with the first write that is on no quorum's disks, and the run goes on",
    (bug) => {
      const { status, verdict, summary } = run('calm-days', [bug]);
      expect(status("committed entries are on a quorum's disks")?.status).toBe('violated');
      expect(verdict.violations[0]?.atNs).toBeLessThan(durationMs * nsPerMs);
      expect(summary.virtualNs).toBeGreaterThanOrEqual(durationMs * nsPerMs);
    },
  );

  it('is looked at after every event of a run without a bug, and holds', () => {
    const { status, verdict } = run('calm-days', []);
    expect(verdict.violations).toEqual([]);
    for (const name of [
      "committed entries are on a quorum's disks",
      'elected by a quorum of the voters',
      'one membership',
      'consistent index',
      'queues stay bounded',
    ]) {
      expect(status(name)).toMatchObject({ status: 'passed' });
      expect(status(name)?.detail).toMatch(/^checked [1-9]/);
    }
  });
});
