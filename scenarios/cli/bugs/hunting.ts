import { performance } from 'node:perf_hooks';
import type { BugId, PlantedBug } from '../../../core/bugs.ts';
import type { BugScript } from '../../bugs/bug_script.ts';
import { type Finding, huntRuns, isCaught } from '../../bugs/hunt.ts';
import { type RunAnswer, type Runner, ThreadRunner } from '../swarm/pool.ts';

export interface Quarry {
  readonly bug: PlantedBug & { readonly id: BugId };
  readonly script: BugScript;
}

export interface HuntOptions {
  /** Runs for each bug. */
  readonly runs: number;
  readonly jobs: number;
  /** Real time after which a run is ended, in ms. */
  readonly runLimitMs: number;
  readonly onFinding: (finding: Finding) => void;
}

/** Hunts the bugs, as many at once as there are jobs, each in a thread of its own. Findings are in the order of the bugs. */
export async function huntAll(
  quarries: readonly Quarry[],
  options: HuntOptions,
): Promise<readonly Finding[]> {
  const findings = new Map<string, Finding>();
  const waiting = [...quarries];
  const worker = async (): Promise<void> => {
    for (let quarry = waiting.shift(); quarry !== undefined; quarry = waiting.shift()) {
      const runner = new ThreadRunner({ bugs: [quarry.bug.id], files: [] }, options.runLimitMs);
      // One bug after another is the point: each job has its own.
      const finding = await hunt(quarry, runner, options.runs); // oxlint-disable-line no-await-in-loop
      await runner.stop(); // oxlint-disable-line no-await-in-loop
      findings.set(quarry.bug.id, finding);
      options.onFinding(finding);
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, worker));
  return quarries.flatMap(({ bug }) => findings.get(bug.id) ?? []);
}

/** Runs until the bug's check catches it. What another check says, or a run that throws, is not counted as found. */
async function hunt({ bug, script }: Quarry, runner: Runner, runs: number): Promise<Finding> {
  const startMs = performance.now();
  let made = 0;
  for (const run of huntRuns(script, runs)) {
    const answer = await runner.run(run); // oxlint-disable-line no-await-in-loop
    made++;
    if (!isCaught(bug, brokenChecks(answer))) continue;
    const { scenario, seed } = run;
    return { bug: bug.id, runs: made, found: { scenario, seed }, wallMs: sinceMs(startMs) };
  }
  return { bug: bug.id, runs: made, found: null, wallMs: sinceMs(startMs) };
}

function brokenChecks(answer: RunAnswer): readonly string[] {
  return answer.kind === 'result' ? answer.result.failures.map(({ check }) => check) : [answer.check];
}

function sinceMs(startMs: number): number {
  return Math.round(performance.now() - startMs);
}
