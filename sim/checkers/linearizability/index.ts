import type { KvInput, KvOperation, KvOutput } from '../history/kv_operation.ts';
import { timelineOf } from '../history/timeline.ts';
import { kvModelFor } from './kv_model.ts';
import type { Candidate } from './model.ts';
import { searchWingGongLowe } from './wing_gong_lowe.ts';

export interface LinearizabilityReport {
  readonly verdict: 'linearizable' | 'violation' | 'unknown';
  readonly checks: readonly {
    readonly name: string;
    readonly guarantee: string;
    readonly status: 'passed' | 'violated' | 'unknown';
    readonly detail: string;
  }[];
  readonly violations: readonly {
    readonly check: string;
    readonly atNs: number;
    readonly sentence: string;
    readonly lines: readonly string[];
    readonly operations: readonly number[];
    readonly events: readonly number[];
  }[];
  readonly linearizations: readonly { readonly key: string; readonly operations: readonly number[] }[];
}

export function checkLinearizability(
  history: readonly KvOperation[],
  options: { readonly stepsMax: number },
): LinearizabilityReport {
  const byKey = new Map<string, KvOperation[]>();
  for (const operation of history) {
    const { status } = operation.outcome;
    if (status === 'fail' || (status === 'unknown' && operation.input.kind === 'get')) continue;
    const list = byKey.get(operation.input.key);
    if (list === undefined) byKey.set(operation.input.key, [operation]);
    else list.push(operation);
  }
  const linearizations: { key: string; operations: number[] }[] = [];
  const violations: LinearizabilityReport['violations'][number][] = [];
  let unknown = 0;
  for (const [key, operations] of byKey) {
    const candidates = operations.map(({ input, outcome }): Candidate<KvInput, KvOutput> => ({
      input,
      output: outcome.status === 'ok' ? outcome.output : null,
      open: outcome.status !== 'ok',
    }));
    const timeline = timelineOf(operations, ({ outcome }) => outcome.status !== 'ok');
    const found = searchWingGongLowe(kvModelFor(operations), candidates, timeline, options.stepsMax);
    if (found.verdict === 'unknown') unknown++;
    linearizations.push({ key, operations: found.order.map((i) => (operations[i] as KvOperation).id) });
    if (found.verdict === 'violation') {
      const sentence = `the operations on ${key} can't be ordered`;
      violations.push({ check: 'linearizability', atNs: 0, sentence, lines: [], operations: [], events: [] });
    }
  }
  const status = violations.length > 0 ? 'violated' : unknown > 0 ? 'unknown' : 'passed';
  const verdict = status === 'passed' ? 'linearizable' : status === 'violated' ? 'violation' : 'unknown';
  const check = {
    name: 'linearizability',
    guarantee: '',
    status,
    detail: `${history.length} operations`,
  } as const;
  return { verdict, checks: [check], violations, linearizations };
}
