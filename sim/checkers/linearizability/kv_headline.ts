import type { HeadlineContext } from './hints.ts';
import { type KeyState, kvWrites, quote } from './kv_model.ts';
import type { KvInput, KvOperation, KvOutput } from '../history/kv_operation.ts';
import { isOpen } from './partition.ts';
import { compareReturns, precedes } from './sub_history.ts';

type Context = HeadlineContext<KeyState, KvInput, KvOutput>;

/** What an answered operation says about the value it found; null if nothing. */
function found({ input, outcome }: KvOperation): { value: string | null; equal: boolean } | null {
  if (outcome.status !== 'ok') return null;
  const { output } = outcome;
  if (output.kind === 'get') return { value: output.value, equal: true };
  if (output.kind === 'delete') return { value: null, equal: output.deleted === 0 };
  if (input.kind !== 'compareAndSwap' || output.kind !== 'compareAndSwap') return null;
  return 'value' in input.expected ? { value: input.expected.value, equal: output.succeeded } : null;
}

/** The value that an operation sets (null: absent), undefined if it sets none. */
export function valueSet({ input, outcome }: KvOperation): string | null | undefined {
  if (!kvWrites(input, outcome.status === 'ok' ? outcome.output : null)) return undefined;
  if (input.kind === 'get') return undefined;
  return input.kind === 'delete' ? null : input.value;
}

/** Whether an open operation could have written what one of the others found. */
export function couldMatter(open: KvOperation, held: readonly KvOperation[]): boolean {
  const value = valueSet(open);
  return (
    value !== undefined &&
    held.some((operation) => {
      const seen = found(operation);
      return seen !== null && seen.equal && seen.value === value;
    })
  );
}

/** One sentence for the usual violations of a key; null if it takes more than a sentence. */
export function kvHeadline(context: Context): string | null {
  const seen = found(context.culprit);
  if (seen === null) return null;
  return seen.equal ? foundWrongly(context, seen.value) : missedWrongly(context, seen.value);
}

function wrote(value: string | null, key: string): string {
  return value === null ? `deleted ${key}` : `wrote ${quote(value)}`;
}

/** The culprit found a value that was not there. */
function foundWrongly(context: Context, value: string | null): string | null {
  const { culprit, wording, operations } = context;
  const { key } = culprit.input;
  const writers = operations.filter((operation) => operation !== culprit && valueSet(operation) === value);
  const possible = writers.filter((writer) => !precedes(culprit, writer));
  if (possible.length === 0 && value !== null) return neverWritten(context, value, writers);
  const proofs: KvOperation[] = [];
  for (const writer of possible) {
    const proof = proofOfEffect(context, writer, value, possible.length === 1);
    if (proof === null) return null;
    proofs.push(proof);
  }
  const overwrote = (other: KvOperation): boolean =>
    !isOpen(other) &&
    precedes(other, culprit) &&
    leaves(other) !== undefined &&
    leaves(other) !== value &&
    proofs.every((proof) => precedes(proof, other));
  // One that the lines below the sentence show, too, if there is one.
  const overwritten =
    context.contradiction.filter(overwrote).sort(compareReturns).at(-1) ??
    operations.filter(overwrote).sort(compareReturns).at(-1);
  if (overwritten === undefined) return null;
  const when = writers.length > possible.length ? 'in between' : 'afterwards';
  const last =
    possible.length > 0 ? `nothing ${wrote(value, key)} ${when}` : `nothing had ever deleted ${key}`;
  return `${wording.name(culprit)} began at ${wording.called(culprit)}, after ${wording.name(overwritten)} had returned at ${wording.returned(overwritten)}; ${last}`;
}

/** The value after the operation, if its answer tells; undefined otherwise. */
function leaves(operation: KvOperation): string | null | undefined {
  const set = valueSet(operation);
  if (set !== undefined) return set;
  const seen = found(operation);
  return seen?.equal === true ? seen.value : undefined;
}

function neverWritten(
  { culprit, wording, refused }: Context,
  value: string,
  later: readonly KvOperation[],
): string {
  const name = wording.name(culprit);
  const [first] = later;
  if (first !== undefined) {
    return `${name} had returned at ${wording.returned(culprit)}, before ${wording.name(first)} began at ${wording.called(first)}; nothing else wrote ${quote(value)}`;
  }
  const failed = refused.find((operation) => valueSet(operation) === value);
  if (failed !== undefined) {
    return `${name}, but the only operation to write ${quote(value)}, ${wording.name(failed)}, had been refused without effect`;
  }
  return `${name}, from ${wording.called(culprit)} to ${wording.returned(culprit)}, found a value that nothing ever wrote`;
}

/** An operation by whose return the writer had certainly taken effect: itself, or one that saw what only it wrote. */
function proofOfEffect(
  { operations, culprit }: Context,
  writer: KvOperation,
  value: string | null,
  isOnly: boolean,
): KvOperation | null {
  const proofs = isOpen(writer) ? [] : [writer];
  if (isOnly && value !== null) {
    for (const other of operations) {
      const seen = found(other);
      if (other !== culprit && seen?.equal === true && seen.value === value) proofs.push(other);
    }
  }
  return proofs.sort(compareReturns)[0] ?? null;
}

/** The culprit found another value than the one that was there all the time. */
function missedWrongly({ culprit, wording, operations }: Context, value: string | null): string | null {
  const { key } = culprit.input;
  const changes = operations.filter((other) => {
    const set = valueSet(other);
    return other !== culprit && set !== undefined && !precedes(culprit, other);
  });
  const others = changes.filter((other) => valueSet(other) !== value);
  const name = `${wording.name(culprit)}, from ${wording.called(culprit)} to ${wording.returned(culprit)}`;
  if (value === null && others.length === 0) return `${name}: but nothing had written ${key} before`;
  const settled = changes
    .filter((other) => !others.includes(other) && !isOpen(other) && precedes(other, culprit))
    .filter((other) => others.every((before) => precedes(before, other)))
    .sort(compareReturns)[0];
  if (settled === undefined) return null;
  const state = value === null ? `${key} was absent` : `${key} was ${quote(value)}`;
  return `${name}: but ${state} since ${wording.name(settled)} had returned at ${wording.returned(settled)}, and nothing changed it until ${wording.returned(culprit)}`;
}
