/** Linearizability of client histories: `checkLinearizability` for etcd's keys, `judgePartitions` for any model. */
import type { KvInput, KvOperation, KvOutput } from '../history/kv_operation.ts';
import { timelineOf } from '../history/timeline.ts';
import { type Explanation, explain } from './explanation.ts';
import type { ExplanationHints } from './hints.ts';
import { couldMatter, kvHeadline } from './kv_headline.ts';
import { type KeyState, kvModelFor, kvWrites } from './kv_model.ts';
import { registerOfKey } from './kv_register.ts';
import { type Judge, type Partition, isOpen, judgeByModel, splitByKey } from './partition.ts';
import { searchRegister } from './register_search.ts';
import { StepBudget } from './sub_history.ts';
import type { HistoryCheck, HistoryViolation, LinearizabilityReport } from './report.ts';
import { checkRevisions, revisionGuarantee } from './revisions.ts';
import { type TimeText, countText, milliseconds, plural } from './wording.ts';

export type { Explanation } from './explanation.ts';
export type { ExcludedPosition } from './positions.ts';
export type { HistoryCheck, HistoryViolation, LinearizabilityReport } from './report.ts';

export const linearizabilityGuarantee = {
  name: 'linearizability',
  guarantee:
    'Every operation on a key seems to happen at one moment between its call and its answer, and all answers fit the order of these moments (etcd: KV API guarantees, strict serializability).',
} as const;

export interface CheckOptions {
  /** Steps that the search may take per key; then the answer is "unknown", which is not a pass. Explaining has a budget of its own, no larger. */
  readonly stepsMax: number;
  /** How sentences tell times; milliseconds unless told. */
  readonly time?: TimeText;
}

/** Judges a history of single-key operations on etcd, by values and real time, then by the revisions that answers carry. */
export function checkLinearizability(
  history: readonly KvOperation[],
  options: CheckOptions,
): LinearizabilityReport {
  const { time = milliseconds, stepsMax } = options;
  const refused = history.filter(({ outcome }) => outcome.status === 'fail');
  const partitions = [...splitByKey(history, kvWrites)].map(
    ([key, operations]): Partition<KeyState, KvInput, KvOutput> => ({
      key,
      operations,
      model: kvModelFor(operations),
      judge: judgeKey,
    }),
  );
  const judged = judgePartitions(partitions, stepsMax, (key) => ({
    time,
    refused: refused.filter(({ input }) => input.key === key),
    headline: kvHeadline,
    couldMatter,
  }));
  const revisions = checkRevisions(history, time);
  const verdict = revisions.violations.length > 0 ? 'violation' : judged.verdict;
  const revisionCheck: HistoryCheck = {
    ...revisionGuarantee,
    status: revisions.violations.length > 0 ? 'violated' : 'passed',
    detail: `${plural(revisions.looked, 'revision')} seen`,
  };
  return {
    ...judged,
    verdict,
    checks: [...judged.checks, revisionCheck],
    violations: [...judged.violations, ...revisions.violations],
  };
}

/** A key that nobody compares by mod revision is a register, which is judged faster than any model. */
const judgeKey: Judge<KvInput, KvOutput> = (operations, stepsMax) => {
  const register = registerOfKey(operations);
  if (register === null) return judgeByModel(kvModelFor(operations))(operations, stepsMax);
  return searchRegister(register, timelineOf(operations, isOpen), stepsMax);
};

/** Judges the parts of a history and explains those that have no order. */
export function judgePartitions<State, Input, Output>(
  partitions: readonly Partition<State, Input, Output>[],
  stepsMax: number,
  hintsFor: (key: string) => ExplanationHints<State, Input, Output>,
): LinearizabilityReport {
  const linearizations: { key: string; operations: number[] }[] = [];
  const explanations: Explanation[] = [];
  const undecided: string[] = [];
  let operations = 0;
  for (const partition of partitions) {
    const found = partition.judge(partition.operations, stepsMax);
    operations += partition.operations.length;
    linearizations.push({
      key: partition.key,
      operations: found.order.map((at) => partition.operations[at]?.id ?? 0),
    });
    if (found.verdict === 'unknown') undecided.push(partition.key);
    if (found.verdict === 'violation')
      explanations.push(
        explain(partition, hintsFor(partition.key), new StepBudget(partition.operations.length, stepsMax)),
      );
  }
  const verdict = explanations.length > 0 ? 'violation' : undecided.length > 0 ? 'unknown' : 'linearizable';
  const check: HistoryCheck = {
    ...linearizabilityGuarantee,
    status: verdict === 'linearizable' ? 'passed' : verdict === 'violation' ? 'violated' : 'unknown',
    detail: [
      `${plural(operations, 'operation')} on ${plural(partitions.length, 'key')}`,
      ...(undecided.length > 0
        ? [`undecided within ${countText(stepsMax)} steps: ${undecided.join(', ')}`]
        : []),
    ].join('; '),
  };
  return {
    verdict,
    checks: [check],
    violations: explanations.map(violationOf),
    linearizations,
    explanations,
  };
}

function violationOf({
  culprit,
  atNs,
  sentence,
  lines,
  contradiction,
  possible,
}: Explanation): HistoryViolation {
  const others = [...contradiction, ...possible].filter((id) => id !== culprit);
  return {
    check: linearizabilityGuarantee.name,
    atNs,
    sentence,
    lines,
    operations: [culprit, ...others],
    events: [],
  };
}
