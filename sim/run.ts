import type { BugId } from '../core/bugs.ts';
import { version } from '../core/version.ts';
import { Cluster } from './cluster.ts';
import { Story } from './faults/story.ts';
import { finale } from './finale.ts';
import { deterministic } from './guard.ts';
import { defaultLinks, violationGraceMs } from './limits.ts';
import type { Scenario } from './scenario.ts';
import { nsPerMs } from './script.ts';
import type { RunFile } from './trace/codec.ts';
import type { Intervention, RunInfo, RunOptions, RunSummary } from './trace/run_info.ts';
import { judge } from './verdict.ts';

/** What a run is a function of, beside the build. Absent sizes are the scenario's. */
export interface RunRequest {
  readonly scenario: Scenario;
  readonly seed: string;
  readonly members?: number;
  readonly clients?: number;
  readonly durationMs?: number;
  readonly bugs?: readonly BugId[];
  /** Applied instead of the scenario's nemesis: a recorded or shrunk list. */
  readonly interventions?: readonly Intervention[];
}

/** Told now and then how far the run is, in virtual time. */
export type RunProgress = (nowNs: number, endNs: number) => void;

const progressSliceMs = 250;

/** Runs a scenario to its end and judges it. The same request gives the same file, byte for byte. */
export function runScenario(request: RunRequest, onProgress: RunProgress | null = null): RunFile {
  return deterministic(() => runUnguarded(request, onProgress));
}

function runUnguarded(request: RunRequest, onProgress: RunProgress | null): RunFile {
  const { scenario, seed } = request;
  const options: RunOptions = {
    members: request.members ?? scenario.members,
    clients: request.clients ?? scenario.clients,
    durationMs: request.durationMs ?? scenario.durationMs,
    bugs: [...(request.bugs ?? [])],
  };
  const cluster = new Cluster({
    seed: `${scenario.name}/${seed}`,
    members: options.members,
    clients: options.clients,
    links: { ...defaultLinks, ...scenario.links },
    bugs: new Set(request.bugs ?? []),
  });
  startAll(cluster, request);
  runFor(cluster, options.durationMs, onProgress);
  const end = finale(cluster);
  const judged = judge(cluster, end);
  const facts = cluster.world.facts.facts();
  for (const { goal, when } of scenario.sometimes) if (when?.(facts) === true) cluster.world.reached(goal);
  for (const { events, sentence } of judged.verdict.violations) {
    if (events.length === 0) cluster.world.say('violation', sentence);
  }
  const info: RunInfo = {
    build: version,
    scenario: scenario.name,
    sentence: scenario.sentence,
    seed,
    options,
    interventions: cluster.interventions.record,
    lanes: cluster.world.lanes(),
    verdict: judged.verdict,
    summary: summaryOf(cluster),
    sometimes: scenario.sometimes.map(({ goal }) => ({
      goal,
      reached: cluster.world.reachedGoals.has(goal),
    })),
    linearizations: judged.linearizations,
    digest: cluster.world.trace.digestText,
  };
  return { info, trace: cluster.world.trace };
}

function startAll(cluster: Cluster, { scenario, interventions }: RunRequest): void {
  cluster.bootAll();
  if (interventions === undefined) {
    cluster.startNemesis(scenario.nemesis(new Story(cluster, cluster.world.random.fork('nemesis'))));
  } else {
    cluster.scheduleInterventions(interventions);
  }
  for (const client of cluster.clients) client.start(scenario.workload(client.workloadClient));
}

/** Runs under load for its time, or until shortly after an invariant broke: what follows from that is only noise. */
function runFor(cluster: Cluster, durationMs: number, onProgress: RunProgress | null): void {
  const plannedNs = durationMs * nsPerMs;
  let endNs = plannedNs;
  for (let atNs = 0; atNs < endNs;) {
    atNs = Math.min(atNs + progressSliceMs * nsPerMs, endNs);
    cluster.run(atNs);
    const [first] = cluster.violations;
    if (first !== undefined) endNs = Math.min(plannedNs, first.atNs + violationGraceMs * nsPerMs);
    onProgress?.(atNs, endNs);
  }
}

function summaryOf(cluster: Cluster): RunSummary {
  const { world } = cluster;
  const { facts } = world;
  return {
    virtualNs: world.scheduler.nowNs,
    schedulerEvents: world.scheduler.processed,
    traceEvents: world.trace.length,
    operations: { ...facts.operations },
    messages: { sent: facts.sentMessages, delivered: facts.deliveredMessages, dropped: facts.lostMessages },
    elections: facts.elections,
    crashes: facts.crashes,
    revision: Math.max(...cluster.processes.map((process) => process.appliedRevision)),
  };
}
