import type { BugId } from '../core/bugs.ts';
import { version } from '../core/version.ts';
import { latentInvariants } from './checkers/invariant_guarantees.ts';
import { Cluster } from './cluster.ts';
import { withPrefix } from './cluster/prefixed_client.ts';
import { checkInterventions } from './faults/intervention_form.ts';
import { Story } from './faults/story.ts';
import type { ImportedDirectory } from './disk/image.ts';
import { clientPrefix, recordOf } from './disk/imported.ts';
import { finale } from './finale.ts';
import { deterministic } from './guard.ts';
import { defaultLinks, violationGraceMs } from './limits.ts';
import { limited } from './load.ts';
import type { Scenario } from './scenario.ts';
import { nsPerMs } from './script.ts';
import type { RunFile } from './trace/codec.ts';
import type {
  ClientLoad,
  Intervention,
  RunInfo,
  RunOptions,
  RunSummary,
  ScenarioSource,
} from './trace/run_info.ts';
import { judge, observedBy } from './verdict.ts';

/** What a run is a function of, beside the build. Absent sizes are the scenario's. */
export interface RunRequest {
  readonly scenario: Scenario;
  readonly seed: string;
  readonly members?: number;
  readonly clients?: number;
  readonly durationMs?: number;
  readonly bugs?: readonly BugId[];
  /** Directories that the first members start on. One of several members' goes on alone. */
  readonly imported?: readonly ImportedDirectory[];
  /** Applied instead of the scenario's nemesis: a recorded or shrunk list. InterventionError if the run has not what it names. */
  readonly interventions?: readonly Intervention[];
  /** What is left of the clients' load. Absent: all. */
  readonly load?: readonly ClientLoad[];
  /** Where a scenario comes from that is not of the catalogue. It changes nothing; it is recorded. */
  readonly source?: ScenarioSource;
}

/** Told now and then how far the run is, in virtual time. */
export type RunProgress = (nowNs: number, endNs: number) => void;

const progressSliceMs = 250;

/** Runs a scenario to its end and judges it. The same request gives the same file, byte for byte. */
export function runScenario(request: RunRequest, onProgress: RunProgress | null = null): RunFile {
  return deterministic(() => runUnguarded(request, onProgress));
}

/** A run that can be looked at on its way: the same events, in the same order, as `runScenario` of the same request. */
export interface OpenRun {
  readonly cluster: Cluster;
  /**
   * Goes on to this virtual time, every event of that time included; not beyond the end of the load. Returns the time it got to.
   */
  runUntil(atNs: number): number;
  /** Goes on to the end: heals the world and waits for agreement. */
  finish(): void;
  /** Goes on to the end and judges: the file that `runScenario` gives. Its list of interventions has all that were applied. */
  close(): RunFile;
  /**
   * Lets a member's process end as SIGTERM does, and goes on until it has. False if it can't: its disk failed, or completes nothing.
   */
  terminate(member: number): boolean;
}

/** A member that stops has this much virtual time to bring everything to its disk. */
const terminationMs = 10_000;

/** Starts a run and stops at once. */
export function openRun(request: RunRequest): OpenRun {
  const run = deterministic(() => new Run(request));
  return {
    cluster: run.cluster,
    runUntil: (atNs) => deterministic(() => run.loadUntil(atNs, null)),
    finish: () => {
      deterministic(() => {
        run.loadUntil(Infinity, null);
        finale(run.cluster, request.scenario.windDownMs);
      });
    },
    close: () => deterministic(() => closed(run, request, null)),
    terminate: (member) => deterministic(() => terminate(run.cluster, member)),
  };
}

function terminate(cluster: Cluster, number: number): boolean {
  const process = cluster.processes[number - 1];
  if (process?.isUp !== true) return false;
  const member = process.requireMember();
  process.terminate();
  const { scheduler } = cluster.world;
  cluster.run(scheduler.nowNs + terminationMs * nsPerMs, () => !process.isUp);
  return member.stopped;
}

/** A cluster under load. */
class Run {
  readonly options: RunOptions;
  readonly cluster: Cluster;

  constructor(request: RunRequest) {
    const { scenario, seed } = request;
    this.options = {
      members: request.members ?? scenario.members,
      clients: request.clients ?? scenario.clients,
      durationMs: request.durationMs ?? scenario.durationMs,
      ...(scenario.spares === undefined ? undefined : { spares: scenario.spares }),
      ...(request.load === undefined || request.load.length === 0 ? undefined : { load: request.load }),
      bugs: [...(request.bugs ?? [])],
      ...(request.imported === undefined ? undefined : { imported: request.imported.map(recordOf) }),
      ...(request.source === undefined ? undefined : { source: request.source }),
    };
    this.cluster = new Cluster({
      seed: `${scenario.name}/${seed}`,
      members: this.options.members,
      clients: this.options.clients,
      spares: scenario.spares ?? 0,
      sparesTakeOver: scenario.sparesTakeOver ?? false,
      links: { ...defaultLinks, ...scenario.links },
      bugs: new Set(request.bugs ?? []),
      ...(request.imported === undefined ? undefined : { imported: request.imported }),
      member: scenario.member ?? {},
    });
    if (request.interventions !== undefined) {
      const { machines, options } = this.cluster.world;
      checkInterventions(request.interventions, { machines, clients: options.clients });
    }
    startAll(this.cluster, request, this.options);
  }

  /** The load's end: its time, or shortly after an invariant broke, for what follows from that is only noise. */
  private get endNs(): number {
    const plannedNs = this.options.durationMs * nsPerMs;
    const first = this.cluster.violations.find(({ invariant }) => !latentInvariants.has(invariant));
    return first === undefined ? plannedNs : Math.min(plannedNs, first.atNs + violationGraceMs * nsPerMs);
  }

  loadUntil(untilNs: number, onProgress: RunProgress | null): number {
    const { scheduler } = this.cluster.world;
    // In slices shorter than the time of grace after a violation, so that none runs beyond it.
    for (;;) {
      const atNs = Math.min(scheduler.nowNs + progressSliceMs * nsPerMs, this.endNs, untilNs);
      if (atNs <= scheduler.nowNs) return scheduler.nowNs;
      this.cluster.run(atNs);
      onProgress?.(atNs, this.endNs);
    }
  }
}

function runUnguarded(request: RunRequest, onProgress: RunProgress | null): RunFile {
  return closed(new Run(request), request, onProgress);
}

/** The rest of a run, judged. */
function closed(run: Run, { scenario, seed }: RunRequest, onProgress: RunProgress | null): RunFile {
  const { cluster, options } = run;
  run.loadUntil(Infinity, onProgress);
  const end = finale(cluster, scenario.windDownMs);
  const judged = judge(cluster, end, scenario);
  const facts = cluster.world.facts.facts();
  const observed = observedBy(cluster, end);
  for (const { goal, when } of scenario.sometimes) {
    if (when?.(facts, observed) === true) cluster.world.reached(goal);
  }
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

function startAll(
  cluster: Cluster,
  { scenario, interventions }: RunRequest,
  { imported, load }: RunOptions,
): void {
  cluster.bootAll();
  if (interventions === undefined) {
    cluster.startNemesis(scenario.nemesis(new Story(cluster, cluster.world.random.fork('nemesis'))));
  } else {
    cluster.scheduleInterventions(interventions);
  }
  const prefix = imported === undefined ? '' : clientPrefix(imported);
  for (const client of cluster.clients) {
    const { workloadClient } = client;
    const script = scenario.workload(prefix === '' ? workloadClient : withPrefix(workloadClient, prefix));
    const left = load?.find(({ client: number }) => number === workloadClient.number);
    const nowNs = (): number => cluster.world.scheduler.nowNs;
    client.start(left === undefined ? script : limited(script, left.operations, nowNs));
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
