import type { EtcdOperation, EtcdRequest, EtcdResponse, TxnOperation } from '../history/etcd_operation.ts';
import { compareKeys } from '../history/key_order.ts';
import { KeyTable } from '../store/key_table.ts';
import { type CheckOptions, type LinearizabilityReport, judgePartitions } from './index.ts';
import { type Partition, judgeByModel } from './partition.ts';
import { type StoreState, isJudgedByValues, storeModel } from './store_model.ts';
import { milliseconds } from './wording.ts';

/**
 * Judges a history of the store by values, where answers carry no revisions: keys that some operation touches together are one
 * object, the others are judged on their own. Null if it has requests that values can't judge.
 */
export function checkWholeStore(
  history: readonly EtcdOperation[],
  { stepsMax, time = milliseconds }: CheckOptions,
): LinearizabilityReport | null {
  const told = history.filter(
    ({ input, outcome }) =>
      outcome.status === 'ok' || (outcome.status === 'unknown' && storeModel.writes(input, null)),
  );
  const isJudged = ({ input, outcome }: EtcdOperation): boolean =>
    isJudgedByValues(input) && !(outcome.status === 'ok' && outcome.output.kind === 'error');
  if (!told.every(isJudged)) return null;
  const judge = judgeByModel(storeModel);
  const partitions = [...splitByTouch(told)].map(
    ([key, operations]): Partition<StoreState, EtcdRequest, EtcdResponse> => ({
      key,
      operations,
      model: storeModel,
      judge,
    }),
  );
  return judgePartitions(partitions, stepsMax, () => ({
    time,
    refused: [],
    headline: () => null,
    couldMatter: () => false,
  }));
}

/** Parts that have no key in common, named by their keys, in order of first use. */
function splitByTouch(history: readonly EtcdOperation[]): Map<string, EtcdOperation[]> {
  const table = new KeyTable();
  for (const { input, outcome } of history) {
    visitKeys(input, (key) => table.intern(key));
    if (outcome.status === 'ok') visitPairs(outcome.output, (key) => table.intern(key));
  }
  const parent = Int32Array.from(table.keys.keys());
  const rootOf = (id: number): number => {
    let root = id;
    while (parent[root] !== root) root = parent[root] as number;
    parent[id] = root;
    return root;
  };
  const touched = history.map(({ input }) => {
    let first = -1;
    visitRanges(input, (key, rangeEnd) =>
      table.visit(key, rangeEnd, (id) => {
        if (first < 0) first = id;
        else parent[rootOf(id)] = rootOf(first);
      }),
    );
    return first;
  });
  const names = new Map<number, string[]>();
  for (const id of table.inOrder()) {
    const name = names.get(rootOf(id));
    if (name === undefined) names.set(rootOf(id), [table.keys[id] as string]);
    else name.push(table.keys[id] as string);
  }
  const parts = new Map<string, EtcdOperation[]>();
  history.forEach((operation, at) => {
    const id = touched[at] as number;
    const name = id < 0 ? '' : (names.get(rootOf(id)) ?? []).sort(compareKeys).join(', ');
    const part = parts.get(name);
    if (part === undefined) parts.set(name, [operation]);
    else part.push(operation);
  });
  return parts;
}

function visitRanges(
  input: EtcdRequest | TxnOperation,
  visitor: (key: string, rangeEnd: string | undefined) => void,
): void {
  if (input.kind === 'put') visitor(input.key, undefined);
  else if (input.kind === 'range' || input.kind === 'deleteRange') visitor(input.key, input.rangeEnd);
  else if (input.kind === 'txn') {
    for (const { key, rangeEnd } of input.compares) visitor(key, rangeEnd);
    for (const each of [...input.success, ...input.failure]) visitRanges(each, visitor);
  }
}

/** Keys that are named: not the ends of ranges of many. */
function visitKeys(input: EtcdRequest | TxnOperation, visitor: (key: string) => void): void {
  visitRanges(input, (key, rangeEnd) => {
    if (rangeEnd === undefined || rangeEnd === '') visitor(key);
  });
}

function visitPairs(output: EtcdResponse, visitor: (key: string) => void): void {
  if (output.kind === 'range') for (const { key } of output.kvs) visitor(key);
  if (output.kind === 'txn') for (const each of output.results) visitPairs(each, visitor);
  if (output.kind === 'deleteRange') for (const { key } of output.prevKvs ?? []) visitor(key);
}
