import { Kind, kindSchemas, type KindName } from '../../sim/trace/kinds.ts';
import type { Intervention, Lane, RunInfo, Violation } from '../../sim/trace/run_info.ts';
import { Trace } from '../../sim/trace/trace.ts';

const ms = 1_000_000;

/** A trace written event by event: `story.at(12, 1, 'role', { role: 3, term: 2 })` at 12 ms on lane 1. */
export class TraceStory {
  readonly trace = new Trace();

  /** Texts are given as texts; arguments left out are 0. Returns the event. */
  at(
    timeMs: number,
    lane: number,
    kind: KindName,
    args: Readonly<Record<string, number | string>> = {},
    cause = -1,
  ): number {
    const { trace } = this;
    trace.nowNs = timeMs * ms;
    const names: readonly string[] = kindSchemas[Kind[kind]]?.args ?? [];
    for (const name of Object.keys(args))
      if (!names.includes(name)) throw new RangeError(`${kind} has no ${name}`);
    const values = names.map((name) => args[name] ?? 0);
    const event = trace.begin(Kind[kind], lane, cause);
    for (const value of values) trace.argument(typeof value === 'string' ? trace.string(value) : value);
    return event;
  }

  /** A message from lane to lane that arrives; returns the send. */
  message(sentMs: number, arrivedMs: number, from: number, to: number, type: number): number {
    const send = this.at(sentMs, from, 'send', { to, type, term: 1 });
    this.at(arrivedMs, to, 'deliver', { from, type }, send);
    return send;
  }
}

export const threeMembers: readonly Lane[] = [
  { id: 0, kind: 'world', name: 'world' },
  { id: 1, kind: 'member', name: 'n1' },
  { id: 2, kind: 'member', name: 'n2' },
  { id: 3, kind: 'member', name: 'n3' },
  { id: 4, kind: 'client', name: 'c1' },
];

/** A run's head with only what a test cares about filled in. */
export function headOf(
  change: {
    readonly violations?: readonly Violation[];
    readonly interventions?: readonly Intervention[];
    readonly linearizations?: RunInfo['linearizations'];
    readonly virtualMs?: number;
  } = {},
): RunInfo {
  const violations = change.violations ?? [];
  return {
    build: 'test',
    scenario: 'story',
    sentence: 'Something happens.',
    seed: '1',
    options: { members: 3, clients: 1, durationMs: change.virtualMs ?? 1000, bugs: [] },
    interventions: change.interventions ?? [],
    lanes: threeMembers,
    verdict: { passed: violations.length === 0, checks: [], violations },
    summary: {
      virtualNs: (change.virtualMs ?? 1000) * ms,
      schedulerEvents: 0,
      traceEvents: 0,
      operations: { ok: 0, fail: 0, unknown: 0 },
      messages: { sent: 0, delivered: 0, dropped: 0 },
      elections: 0,
      crashes: 0,
      revision: 1,
    },
    sometimes: [],
    linearizations: change.linearizations ?? [],
    digest: '',
  };
}
