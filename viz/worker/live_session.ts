import { version } from '../../core/version.ts';
import { invariantGuarantees } from '../../sim/checkers/invariant_guarantees.ts';
import { type OpenRun, type RunRequest, openRun, runScenario } from '../../sim/run.ts';
import { beginningOf, checkSameBeginning } from '../../sim/timeline/fork.ts';
import type { RunFile } from '../../sim/trace/codec.ts';
import type { InterventionAction, RunInfo } from '../../sim/trace/run_info.ts';
import type { ForkPoint, LiveState, RunSpec } from '../worker_protocol.ts';
import { SpecError, requestOf } from './request_of.ts';
import { SliceCutter } from './trace_slice.ts';

const nsPerMs = 1_000_000;
/** A step goes over so many events of the scheduler that leave no trace, such as polls, before it gives up. */
const stepEventsMax = 100_000;

/**
 * A run that stands still until it is told to go on, and takes what a person does as one more intervention of its list. What it
 * has done until any moment is the run of its seed and that list: `finish` runs it so.
 */
export class LiveSession {
  private readonly request: RunRequest;
  private readonly run: OpenRun;
  private readonly cutter: SliceCutter;
  private readonly endNs: number;
  private nowNs = 0;
  private over = false;

  /** Throws SpecError, InterventionError or ForkError. */
  constructor(spec: RunSpec, fork: ForkPoint | null) {
    const given = requestOf(spec);
    const request = fork === null ? given : beginningOf(given, fork.recorded, fork.rest);
    this.request = request;
    this.endNs = (request.durationMs ?? request.scenario.durationMs) * nsPerMs;
    if (fork !== null && (fork.atNs < 1 || fork.atNs >= this.endNs))
      throw new SpecError(`a fork at ${fork.atNs} ns: the load goes on from 1 ns to ${this.endNs} ns`);
    this.run = openRun(request);
    this.cutter = new SliceCutter(this.run.cluster.world.trace);
    if (fork !== null) this.leave(fork);
  }

  /** Comes to the fork's time, everything before it as it was. */
  private leave({ atNs, rest, recorded }: ForkPoint): void {
    this.goTo(atNs - 1);
    if (this.nowNs < atNs - 1)
      throw new SpecError(`a fork at ${atNs} ns: something broke, and the load ended at ${this.nowNs} ns`);
    if (rest === 'nemesis') checkSameBeginning(this.run, recorded, atNs);
    if (rest === 'nothing') this.run.cluster.stopNemesis();
  }

  private goTo(toNs: number): void {
    const goalNs = Math.min(this.endNs, Math.floor(toNs));
    if (goalNs <= this.nowNs) return;
    this.nowNs = this.run.runUntil(goalNs);
    // Where something broke, the load ends shortly after.
    this.over = this.nowNs < goalNs || this.nowNs >= this.endNs;
  }

  advance(toNs: number): LiveState {
    this.goTo(toNs);
    return this.state(0);
  }

  /** Goes on until the trace has one more event, at least. */
  step(): LiveState {
    const { trace, scheduler } = this.run.cluster.world;
    const before = trace.length;
    for (let i = 0; i < stepEventsMax && trace.length === before && !this.over; i++)
      this.goTo(scheduler.nextNs);
    return this.state(0);
  }

  /** The next nanosecond is the first that nobody has seen: what is done by hand comes before anything else then. */
  act(actions: readonly InterventionAction[]): LiveState {
    if (this.over) return this.state(0);
    const atNs = this.nowNs + 1;
    const list = actions.map((action) => ({ ...action, atNs }));
    requestOf({ ...this.specSizes(), interventions: list });
    const { cluster } = this.run;
    const before = cluster.interventions.record.length;
    cluster.scheduleInterventions(list);
    this.goTo(atNs);
    return this.state(cluster.interventions.record.length - before);
  }

  /** So that what comes from a page is checked against the members and clients that this run has. */
  private specSizes(): RunSpec {
    const { scenario, seed, members, clients } = this.request;
    return {
      scenario: scenario.name,
      seed,
      options: {
        ...(members === undefined ? {} : { members }),
        ...(clients === undefined ? {} : { clients }),
      },
    };
  }

  /**
   * The run until now, with the list of all that was done: healed and judged. It is run anew from its beginning, and must come to
   * the same events.
   */
  finish(): RunFile {
    const { cluster } = this.run;
    const { trace } = cluster.world;
    const durationMs = Math.max(1, Math.ceil(this.nowNs / nsPerMs));
    // A run's end is a whole millisecond: this one goes on to it first.
    this.goTo(durationMs * nsPerMs);
    const interventions = [...cluster.interventions.record];
    const file = runScenario({ ...this.request, durationMs, interventions });
    const shared = Math.min(trace.length, file.trace.length);
    if (shared < trace.length || file.trace.digestBefore(shared) !== trace.digestBefore(shared))
      throw new Error('the run does not come to the same events again: this is a mistake of the program');
    return file;
  }

  private state(done: number): LiveState {
    return {
      type: 'state',
      slice: this.cutter.next(),
      info: this.info(),
      nowNs: this.nowNs,
      over: this.over,
      done,
    };
  }

  private info(): RunInfo {
    const { cluster } = this.run;
    const { world } = cluster;
    const { scenario, seed, bugs = [], load, members, clients, durationMs } = this.request;
    const { facts } = world;
    return {
      build: version,
      scenario: scenario.name,
      sentence: scenario.sentence,
      seed,
      options: {
        members: members ?? scenario.members,
        clients: clients ?? scenario.clients,
        durationMs: durationMs ?? scenario.durationMs,
        ...(scenario.spares === undefined ? {} : { spares: scenario.spares }),
        ...(load === undefined ? {} : { load }),
        bugs: [...bugs],
      },
      interventions: [...cluster.interventions.record],
      lanes: world.lanes(),
      verdict: { passed: cluster.violations.length === 0, checks: [], violations: seen(cluster.violations) },
      summary: {
        virtualNs: this.nowNs,
        schedulerEvents: world.scheduler.processed,
        traceEvents: world.trace.length,
        operations: { ...facts.operations },
        messages: {
          sent: facts.sentMessages,
          delivered: facts.deliveredMessages,
          dropped: facts.lostMessages,
        },
        elections: facts.elections,
        crashes: facts.crashes,
        revision: Math.max(...cluster.processes.map(({ appliedRevision }) => appliedRevision)),
      },
      sometimes: scenario.sometimes.map(({ goal }) => ({ goal, reached: world.reachedGoals.has(goal) })),
      linearizations: [],
      digest: world.trace.digestText,
    };
  }
}

function seen(violations: OpenRun['cluster']['violations']): RunInfo['verdict']['violations'] {
  return violations.map(({ invariant, sentence, atNs, event }) => ({
    check: invariantGuarantees[invariant].name,
    atNs,
    sentence,
    lines: [],
    operations: [],
    events: [event],
  }));
}
