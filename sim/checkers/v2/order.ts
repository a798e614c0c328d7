/** Whether a history of etcd's v2 API has an order that explains it: `checkV2`. */
import { nsPerSecond } from '../../../core/limits.ts';
import { type LinearizabilityReport, judgePartitions } from '../linearizability/index.ts';
import { type Partition, judgeByModel } from '../linearizability/partition.ts';
import { type TimeText, milliseconds, plural } from '../linearizability/wording.ts';
import { namelessPath, v2Model } from './model.ts';
import type { V2Operation, V2Request, V2Response } from './operation.ts';
import type { Heard } from './told.ts';
import type { V2State } from './tree.ts';

export const v2Guarantee = {
  name: 'v2 store',
  guarantee:
    'All answers are those of one order of the operations; every change has an index of its own that grows, compares see what is there, nothing expires before its time (etcd: v2 API, atomic operations and quorum reads).',
} as const;

export interface V2Options {
  readonly stepsMax: number;
  /** How much earlier than its time to live a node may expire because clocks differ, in nanoseconds. */
  readonly clockErrorNs?: number;
  /** What is known to have expired, and when it was heard of, by the operation that gave it its time. */
  readonly expired?: ReadonlyMap<number, Heard>;
  readonly time?: TimeText;
}

export function checkV2(
  history: readonly V2Operation[],
  { stepsMax, clockErrorNs = 0, expired, time = milliseconds }: V2Options,
): LinearizabilityReport {
  const told = history.filter(
    ({ input, outcome }) => outcome.status === 'ok' || (outcome.status === 'unknown' && input.kind !== 'get'),
  );
  let id = 0;
  for (const each of history) id = Math.max(id, each.id);
  const operations = told.flatMap((operation, at) =>
    withExpiry(operation, at, ++id, clockErrorNs, expired?.get(operation.id) ?? null),
  );
  const partition: Partition<V2State, V2Request, V2Response> = {
    key: 'the v2 store',
    operations,
    model: v2Model,
    judge: judgeByModel(v2Model),
  };
  const report = judgePartitions([partition], stepsMax, () => ({
    time,
    refused: [],
    headline: () => null,
    couldMatter: () => false,
  }));
  const violations = report.violations.map((each) => ({ ...each, check: v2Guarantee.name }));
  const checks = report.checks.map((check) => ({
    ...check,
    ...v2Guarantee,
    detail: plural(told.length, 'operation'),
  }));
  if (report.verdict !== 'violation' || !told.some(isNameless)) return { ...report, checks, violations };
  const undecided = checks.map((check) => ({
    ...check,
    status: 'unknown' as const,
    detail: 'nobody knows the name that a createInOrder without an answer made',
  }));
  return { ...report, verdict: 'unknown', checks: undecided, violations: [] };
}

function isNameless({ input, outcome }: V2Operation): boolean {
  return input.kind === 'createInOrder' && outcome.status === 'unknown';
}

/** What gives a node a time to live brings along an operation that nobody called: it may take the node away after that time. */
function withExpiry(
  operation: V2Operation,
  at: number,
  expiryId: number,
  clockErrorNs: number,
  heard: Heard | null,
): V2Operation[] {
  const { input, callNs, callSequence } = operation;
  if (input.stale === true) return [{ ...operation, callNs: -1, callSequence: at }];
  const owned = { ...operation, input: { ...input, owner: operation.id } };
  if (input.ttl === undefined) return [owned];
  const made = keyOf(operation);
  if (made === null) return [operation];
  const expire: V2Operation = {
    id: expiryId,
    process: -1,
    client: 'nobody',
    input: { kind: 'expire', key: made, owner: operation.id },
    callNs: callNs + input.ttl * nsPerSecond - clockErrorNs,
    callSequence,
    ...(heard === null ? neverHeard : heardOf(heard)),
  };
  return [owned, expire];
}

const neverHeard = { returnNs: null, returnSequence: null, outcome: { status: 'unknown' } } as const;

/** A watcher heard of it: it was gone by then. */
function heardOf({
  event: { node, prevNode, atNs },
}: Heard): Pick<V2Operation, 'returnNs' | 'returnSequence' | 'outcome'> {
  const output = { error: null, node, prevNode: prevNode ?? null };
  return { returnNs: atNs, returnSequence: 1, outcome: { status: 'ok', output } };
}

/** Of the node that it made or changed, as far as anybody knows; null if it did nothing. */
function keyOf({ input: { kind, key }, outcome, id }: V2Operation): string | null {
  if (outcome.status !== 'ok') return kind === 'createInOrder' ? namelessPath(key, id) : key;
  return outcome.output.error === null ? (outcome.output.node?.key ?? key) : null;
}
