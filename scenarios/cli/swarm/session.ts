import { existsSync } from 'node:fs';
import { version } from '../../../core/version.ts';
import { type SwarmPlan, swarmRuns } from '../../../sim/swarm/plan.ts';
import type { SwarmResult } from '../../../sim/swarm/result.ts';
import { runKey } from '../../../sim/swarm/tally.ts';
import { UsageError } from '../usage_error.ts';
import { runCampaign } from './campaign.ts';
import { type SwarmOptions, scenarioIn } from './options.ts';
import { ThreadRunner } from './pool.ts';
import { SwarmProgress } from './progress.ts';
import {
  type ResultsFile,
  ResultsWriter,
  type SessionLine,
  readResults,
  resultsVersion,
} from './results_file.ts';
import type { WorkerSettings } from './worker.ts';

/** Runs a swarm, or goes on with one, in threads, and appends its results to the file. Ctrl+C ends it after the runs that go on. */
export async function runSession(
  options: SwarmOptions,
  showProgress: boolean,
): Promise<{ readonly interrupted: boolean }> {
  const session = sessionLine(options);
  const before = earlierResults(options, session);
  const writer = new ResultsWriter(options.file, session, before?.wholeBytes ?? 0);
  const results = before?.results ?? [];
  const progress = new SwarmProgress(
    { runs: runsAhead(options.plan, results), timeMs: options.timeMs },
    showProgress,
  );
  const runners = Array.from(
    { length: options.jobs },
    () => new ThreadRunner(workerSettings(options), options.runLimitMs),
  );
  const stop = { asked: false };
  const onInterrupt = (): void => {
    stop.asked = true;
  };
  // The second one ends the process at once, as usual.
  process.once('SIGINT', onInterrupt);
  try {
    const campaign = {
      ...options,
      before: results,
      scenarioFor: (name: string) => scenarioIn(options.scenarios, name),
    };
    await runCampaign(
      campaign,
      runners,
      (result, state) => {
        writer.add(result);
        progress.update(state);
      },
      stop,
    );
  } finally {
    process.removeListener('SIGINT', onInterrupt);
    progress.clear();
    writer.close();
    await Promise.all(runners.map((runner) => runner.stop()));
  }
  return { interrupted: stop.asked };
}

function sessionLine({ settings, scenarios, goalRuns, jobs, plan }: SwarmOptions): SessionLine {
  const sources = scenarios.flatMap(({ scenario, own }) =>
    own === null ? [] : [[scenario.name, { path: own.path, crc32c: own.source.crc32c }] as const],
  );
  return {
    kind: 'detcd swarm',
    version: resultsVersion,
    build: version,
    ...settings,
    sources: Object.fromEntries(sources),
    goalRuns,
    jobs,
    shard: plan.shard,
  };
}

/** Null if there are none. Throws UsageError if there are and should not be, or if they are of another campaign. */
function earlierResults({ file, resume }: SwarmOptions, session: SessionLine): ResultsFile | null {
  if (!existsSync(file)) return null;
  const found = readResults(file);
  if (!resume) {
    throw new UsageError(
      `${file}: there are results of ${found.results.length} runs: go on with --resume, or name another folder with --out.`,
    );
  }
  const last = found.sessions.at(-1) as SessionLine;
  for (const field of ['build', 'members', 'clients', 'durationMs', 'bugs'] as const) {
    const [was, is] = [JSON.stringify(last[field]), JSON.stringify(session[field])];
    if (was !== is) {
      throw new UsageError(
        `--resume: ${file} was made with ${field} ${was ?? 'not given'}, this is ${is ?? 'not given'}: name another folder with --out.`,
      );
    }
  }
  for (const [name, { crc32c }] of Object.entries(session.sources)) {
    const was = last.sources[name];
    if (was === undefined || was.crc32c === crc32c) continue;
    throw new UsageError(
      `--resume: ${name} has changed since ${file} was made: name another folder with --out.`,
    );
  }
  return found;
}

/** How many runs this session has to make. */
function runsAhead(plan: SwarmPlan, before: readonly SwarmResult[]): number {
  if (plan.runs === Infinity) return Infinity;
  const done = new Set(before.map(runKey));
  let ahead = 0;
  for (const run of swarmRuns(plan)) if (!done.has(runKey(run))) ahead++;
  return ahead;
}

function workerSettings({ settings, scenarios }: SwarmOptions): WorkerSettings {
  const files = scenarios.flatMap(({ scenario, own }) =>
    own === null ? [] : [{ name: scenario.name, path: own.path, module: own.module }],
  );
  return { ...settings, files };
}
