import type { KvInput, KvOperation, KvOutput } from '../history/kv_operation.ts';
import { comparesModRevision } from './kv_model.ts';
import { Condition, RegisterBuilder, type RegisterOperations, noValue } from './register.ts';

/** The operations of one key as a register's. Null if one of them compares a mod revision, which a register doesn't have. */
export function registerOfKey(operations: readonly KvOperation[]): RegisterOperations | null {
  if (operations.some(comparesModRevision)) return null;
  const builder = new RegisterBuilder(operations.length, null);
  for (const { input, outcome } of operations) {
    addOperation(builder, input, outcome.status === 'ok' ? outcome.output : null);
  }
  return builder.finish();
}

const absent = 0;

function addOperation(builder: RegisterBuilder, input: KvInput, output: KvOutput | null): void {
  const open = output === null;
  if (input.kind === 'get') {
    const value = output?.kind === 'get' ? builder.valueNumber(output.value) : absent;
    builder.add(open ? Condition.any : Condition.equal, value, noValue, open);
  } else if (input.kind === 'put') {
    builder.add(Condition.any, 0, builder.valueNumber(input.value), open);
  } else if (input.kind === 'delete') {
    if (output?.kind !== 'delete') builder.add(Condition.any, 0, absent, open);
    else if (output.deleted > 0) builder.add(Condition.notEqual, absent, absent, false);
    else builder.add(Condition.equal, absent, noValue, false);
  } else {
    const expected = builder.valueNumber('value' in input.expected ? input.expected.value : null);
    if (output?.kind === 'compareAndSwap' && !output.succeeded) {
      builder.add(Condition.notEqual, expected, noValue, false);
    } else {
      builder.add(Condition.equal, expected, builder.valueNumber(input.value), open);
    }
  }
}
