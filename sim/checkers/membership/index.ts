/** Whether what clients saw of a cluster's membership has an order that explains it: `checkMembership`. */
import { type LinearizabilityReport, judgePartitions } from '../linearizability/index.ts';
import { type Partition, judgeByModel } from '../linearizability/partition.ts';
import type { HistoryViolation } from '../linearizability/report.ts';
import { type TimeText, milliseconds, plural } from '../linearizability/wording.ts';
import { type MembershipState, membershipModel } from './model.ts';
import type { MemberView, MembershipOperation, MembershipRequest, MembershipResponse } from './operation.ts';

export type { MemberView, MembershipOperation, MembershipRequest, MembershipResponse } from './operation.ts';

export const membershipGuarantee = {
  name: 'membership',
  guarantee:
    'Changes of the membership and looks at it are those of one order; nobody who was removed comes back, and in the end all members know the same ones (etcd: Cluster API).',
} as const;

/** What one member knew when all was over. */
export interface LastView {
  readonly member: string;
  readonly members: readonly MemberView[];
}

export interface MembershipHistory {
  /** At the beginning. */
  readonly first: readonly MemberView[];
  readonly operations: readonly MembershipOperation[];
  readonly last: readonly LastView[];
}

export function checkMembership(
  { first, operations, last }: MembershipHistory,
  { stepsMax, time = milliseconds }: { readonly stepsMax: number; readonly time?: TimeText },
): LinearizabilityReport {
  const told = operations
    .filter(
      ({ input, outcome }) =>
        outcome.status === 'ok' || (outcome.status === 'unknown' && input.kind !== 'list'),
    )
    // A look that may be old fits anywhere before its answer.
    .map((each, at) => (each.input.stale === true ? { ...each, callNs: -1, callSequence: at } : each));
  const model = membershipModel(first);
  const partition: Partition<MembershipState, MembershipRequest, MembershipResponse> = {
    key: 'the membership',
    operations: [...told, ...lastLooks(last, told)],
    model,
    judge: judgeByModel(model),
  };
  const report = judgePartitions([partition], stepsMax, () => ({
    time,
    refused: [],
    headline: () => null,
    couldMatter: () => false,
  }));
  const violations = report.violations.map((each): HistoryViolation => ({
    ...each,
    check: membershipGuarantee.name,
  }));
  const detail = plural(told.length, 'operation');
  const checks = report.checks.map((check) => ({ ...check, ...membershipGuarantee, detail }));
  const isNameless = told.some(({ input, outcome }) => input.kind === 'add' && outcome.status === 'unknown');
  if (report.verdict !== 'violation' || !isNameless) return { ...report, violations, checks };
  const why = 'nobody knows the id that an add without an answer gave';
  const undecided = checks.map((check) => ({ ...check, status: 'unknown' as const, detail: why }));
  return { ...report, verdict: 'unknown', violations: [], checks: undecided };
}

/** What each member knows in the end, as looks after everything else. */
function lastLooks(
  last: readonly LastView[],
  operations: readonly MembershipOperation[],
): MembershipOperation[] {
  let endNs = 0;
  let id = 0;
  for (const operation of operations) {
    endNs = Math.max(endNs, operation.callNs, operation.returnNs ?? 0);
    id = Math.max(id, operation.id);
  }
  return last.map(({ member, members }, at) => ({
    id: id + 1 + at,
    process: -1 - at,
    client: member,
    input: { kind: 'list' },
    callNs: endNs + 1,
    callSequence: at,
    returnNs: endNs + 2,
    returnSequence: at,
    outcome: { status: 'ok', output: { error: null, members } },
  }));
}
