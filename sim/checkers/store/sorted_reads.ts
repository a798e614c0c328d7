import type { Pair, RangeRequest, SortTarget } from '../history/etcd_operation.ts';
import { compareKeys } from '../history/key_order.ts';
import { lookedAtMax, passes, sortingOf } from '../history/range_view.ts';
import type { KeyTable } from './key_table.ts';
import type { ReplayStore } from './replay_store.ts';

/**
 * Numbers of the keys that a range may show, in its order; its limit cuts behind that. Of ties the one with the lower key comes first.
 */
export function wantedKeys(request: RangeRequest, table: KeyTable, store: ReplayStore): number[] {
  const found: number[] = [];
  table.visit(request.key, request.rangeEnd, (id) => {
    if (store.mod[id] !== 0) found.push(id);
  });
  const wanted = found
    .slice(0, lookedAtMax(request))
    .filter((id) => passes(request, store.mod[id] as number, store.create[id] as number));
  const sorting = sortingOf(request);
  if (sorting === null) return wanted;
  const { target, sign } = sorting;
  return wanted.sort(
    (a, b) =>
      sign * compareBy(target, a, b, table, store) ||
      compareKeys(table.keys[a] as string, table.keys[b] as string),
  );
}

/** Orders two keys of the store by what a range sorts by; 0: a tie, which etcd may show either way round. */
function compareBy(target: SortTarget, a: number, b: number, table: KeyTable, store: ReplayStore): number {
  switch (target) {
    case 'key':
      return compareKeys(table.keys[a] as string, table.keys[b] as string);
    case 'value':
      return compareKeys(store.value[a] as string, store.value[b] as string);
    case 'version':
      return (store.version[a] as number) - (store.version[b] as number);
    case 'create':
      return (store.create[a] as number) - (store.create[b] as number);
    case 'mod':
      return (store.mod[a] as number) - (store.mod[b] as number);
  }
}

/** Place of the first pair told that can't stand there; -1 if all can. Of keys that tie any may stand first. */
export function misplaced(
  request: RangeRequest,
  kvs: readonly Pair[],
  wanted: readonly number[],
  table: KeyTable,
  store: ReplayStore,
): number {
  const target = sortingOf(request)?.target;
  const left = new Set(wanted);
  return kvs.findIndex(({ key }, at) => {
    const id = table.find(key);
    const expected = wanted[at];
    // Each may be shown once.
    if (expected === undefined || !left.delete(id)) return true;
    return id !== expected && (target === undefined || compareBy(target, id, expected, table, store) !== 0);
  });
}
