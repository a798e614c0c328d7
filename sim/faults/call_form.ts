import type { ClientCall } from '../trace/client_call.ts';
import { type FieldForm, type Fields, boolean, integer, isRecord, member, optional } from './field_forms.ts';

/** Longer keys and values say nothing more on a timeline. */
const keyLengthMax = 1024;
const valueLengthMax = 16_384;
/** A day: longer than any run. */
const ttlSecondsMax = 86_400;

/** Half of a pair of UTF-16 stands for no character, so it has no bytes of its own. */
const halfCharacter = /\p{Surrogate}/u;

const words =
  (low: number, high: number): FieldForm =>
  (value) => {
    const fits = typeof value === 'string' && value.length >= low && value.length <= high;
    return fits && !halfCharacter.test(value) ? null : `a text of ${low} to ${high} characters`;
  };

const key = words(1, keyLengthMax);
const lease = integer(1);
const via = optional(member);

const forms: Readonly<Record<ClientCall['kind'], Fields>> = {
  put: { key, value: words(0, valueLengthMax), lease: optional(lease), via },
  get: { key, serializable: optional(boolean), via },
  range: { prefix: words(0, keyLengthMax), serializable: optional(boolean), via },
  delete: { key, via },
  grant: { lease, ttlSeconds: integer(1, ttlSecondsMax), keep: boolean, via },
  stopKeeping: { lease },
  revoke: { lease, via },
  watch: { key: words(0, keyLengthMax), prefix: optional(boolean), startRevision: optional(integer(1)) },
};

/** A call of a client that can be asked for in a run of these sizes. */
export const clientCall: FieldForm = (value, sizes) => {
  const kinds = `an object with a kind, one of ${Object.keys(forms).join(', ')}`;
  if (!isRecord(value)) return kinds;
  const { kind, ...given } = value;
  if (typeof kind !== 'string' || !Object.hasOwn(forms, kind)) return kinds;
  const fields = forms[kind as ClientCall['kind']];
  for (const [name, form] of Object.entries(fields)) {
    const expected = form(given[name], sizes);
    if (expected !== null) return `a ${kind} whose ${name} is ${expected}`;
  }
  if (Object.keys(given).some((name) => !Object.hasOwn(fields, name)))
    return `a ${kind} with no other fields than ${Object.keys(fields).join(', ')}`;
  if (kind === 'watch' && given['key'] === '' && given['prefix'] !== true)
    return 'a watch whose key is not empty (only with prefix: every key)';
  return null;
};
