import type { Compare } from '../history/etcd_operation.ts';
import { compareKeys } from '../history/key_order.ts';
import type { LeaseTable } from './lease_table.ts';
import type { ReplayStore } from './replay_store.ts';

/** Whether a compare holds for one key of the store; -1: one that nobody ever wrote. */
export function holdsFor(
  { target, result, operand }: Compare,
  id: number,
  store: ReplayStore,
  leases: LeaseTable,
): boolean {
  const exists = id >= 0 && store.mod[id] !== 0;
  let order: number;
  if (target === 'value') {
    if (!exists) return false;
    order = compareKeys(store.value[id] as string, String(operand));
  } else if (target === 'lease') {
    const lease = exists ? (store.lease[id] as number) : -1;
    const text = lease < 0 ? '0' : (leases.leases[lease] as string);
    // Ids are 64 bit: decimal texts without leading zeros compare by length first.
    order = text.length - String(operand).length || compareKeys(text, String(operand));
  } else {
    const column = target === 'mod' ? store.mod : target === 'create' ? store.create : store.version;
    order = (exists ? (column[id] as number) : 0) - Number(operand);
  }
  if (result === 'equal') return order === 0;
  if (result === 'notEqual') return order !== 0;
  return result === 'greater' ? order > 0 : order < 0;
}
