import type { KvInput, KvOperation, KvOutput } from '../history/kv_operation.ts';
import { type Model, impossible } from './model.ts';

/** What one key holds. `modRevision` is 0 for an absent key and `unknownRevision` after a write nobody heard back from. */
export interface KeyState {
  readonly value: string | null;
  readonly modRevision: number;
}

const unknownRevision = -1;
const absent: KeyState = { value: null, modRevision: 0 };

/**
 * One key of etcd's store as a register. Values alone decide; a mod revision is looked at only where a compare names one, and
 * then only if the write that set it said which it got (`tracksRevisions`).
 */
function kvModel(tracksRevisions: boolean): Model<KeyState, KvInput, KvOutput> {
  const written = (value: string, revision: number | undefined): KeyState => ({
    value,
    modRevision: tracksRevisions ? (revision ?? unknownRevision) : unknownRevision,
  });
  const step = (state: KeyState, input: KvInput, output: KvOutput | null): KeyState | typeof impossible => {
    switch (input.kind) {
      case 'get':
        return output === null || (output.kind === 'get' && output.value === state.value)
          ? state
          : impossible;
      case 'put':
        return written(input.value, output?.revision);
      case 'delete':
        if (output?.kind === 'delete' && output.deleted > 0 !== (state.value !== null)) return impossible;
        return absent;
      case 'compareAndSwap': {
        const holds = compare(state, input.expected);
        const succeeded = output?.kind === 'compareAndSwap' ? output.succeeded : null;
        if (holds !== null && succeeded !== null && holds !== succeeded) return impossible;
        // Not knowing the answer, a swap that changes nothing is the same as none.
        if (succeeded === null && holds === false) return impossible;
        return (succeeded ?? true) ? written(input.value, output?.revision) : state;
      }
    }
  };
  return {
    name: 'one key of a key-value store',
    init: absent,
    step,
    key: (state) => (state.value === null ? '' : `${state.modRevision}=${state.value}`),
    writes: kvWrites,
    describeInput: describeKvInput,
    describeOutput: describeKvOutput,
    describeState: ({ value }) => (value === null ? 'the key is absent' : `the value is ${quote(value)}`),
  };
}

/** Whether an operation can change its key: no if its answer says that it did not. */
export function kvWrites({ kind }: KvInput, output: KvOutput | null): boolean {
  if (output?.kind === 'delete') return output.deleted > 0;
  if (output?.kind === 'compareAndSwap') return output.succeeded;
  return kind !== 'get';
}

/** Null when the mod revision compared with is not known. */
function compare(
  state: KeyState,
  expected: (KvInput & { kind: 'compareAndSwap' })['expected'],
): boolean | null {
  if ('value' in expected) return expected.value === state.value;
  if (state.modRevision !== unknownRevision) return expected.modRevision === state.modRevision;
  // Whatever wrote the value has a positive mod revision.
  return expected.modRevision === 0 ? false : null;
}

export function comparesModRevision(operation: KvOperation): boolean {
  const { input } = operation;
  return input.kind === 'compareAndSwap' && 'modRevision' in input.expected;
}

/** The model that suits the operations of one key. */
export function kvModelFor(operations: readonly KvOperation[]): Model<KeyState, KvInput, KvOutput> {
  return kvModel(operations.some(comparesModRevision));
}

export function quote(value: string): string {
  return JSON.stringify(value);
}

export function describeKvInput(input: KvInput): string {
  switch (input.kind) {
    case 'get':
      return `get(${input.key})`;
    case 'put':
      return `put(${input.key}, ${quote(input.value)})`;
    case 'delete':
      return `delete(${input.key})`;
    case 'compareAndSwap': {
      const { expected } = input;
      const condition =
        'modRevision' in expected
          ? `mod revision ${expected.modRevision}`
          : expected.value === null
            ? 'absent'
            : quote(expected.value);
      return `compareAndSwap(${input.key}, ${condition} -> ${quote(input.value)})`;
    }
  }
}

export function describeKvOutput(_input: KvInput, output: KvOutput): string {
  switch (output.kind) {
    case 'get':
      return output.value === null ? ' = absent' : ` = ${quote(output.value)}`;
    case 'put':
      return '';
    case 'delete':
      return ` = ${output.deleted} deleted`;
    case 'compareAndSwap':
      return ` = ${output.succeeded}`;
  }
}
