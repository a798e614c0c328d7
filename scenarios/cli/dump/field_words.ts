import { ProtobufError, type ProtobufReader } from '../../../core/base/protobuf.ts';
import { hexId, quoted } from './readable.ts';

/** How a field's value is put into words. */
export type Show =
  /** Text or a byte string, quoted. */
  | 'text'
  /** What must not be shown: only its length is. */
  | 'secret'
  /** An int64. */
  | 'number'
  /** A member's or lease's id. */
  | 'id'
  | 'flag'
  /** An enum's names, by number. */
  | readonly string[]
  | MessageWords;

/** A message's fields by number: name, value's kind, and what is said if the field is absent (else nothing is). */
export interface MessageWords {
  readonly [field: number]: readonly [name: string, show: Show, absent?: string];
}

/**
 * A message in words: `name=value` for each field that is there, in its order; a field that is not known by its number and length.
 * Throws ProtobufError.
 */
export function fieldWords(reader: ProtobufReader, words: MessageWords): string {
  const parts: { readonly field: number; readonly text: string }[] = [];
  while (reader.next()) {
    const { field } = reader;
    const known = words[field];
    parts.push({
      field,
      text: known === undefined ? unknownField(reader) : oneField(reader, known[0], known[1]),
    });
  }
  for (const [key, [name, , absent]] of Object.entries(words) as [string, MessageWords[number]][]) {
    const field = Number(key);
    if (absent !== undefined && !parts.some((part) => part.field === field)) {
      parts.push({ field, text: `${name}=${absent}` });
    }
  }
  return parts
    .sort((a, b) => a.field - b.field)
    .map(({ text }) => text)
    .filter((text) => text !== '')
    .join(' ');
}

function oneField(reader: ProtobufReader, name: string, show: Show): string {
  const value = valueWords(reader, show);
  if (value === '{}') return '';
  return show === 'flag' && value === 'true' ? name : `${name}=${value}`;
}

function valueWords(reader: ProtobufReader, show: Show): string {
  if (show === 'text') return quoted(reader.bytes());
  if (show === 'secret') return `(${reader.bytes().length} bytes, not shown)`;
  if (show === 'number') return BigInt.asIntN(64, reader.uint64()).toString();
  if (show === 'id') return hexId(reader.uint64());
  if (show === 'flag') return reader.uint64() === 0n ? 'false' : 'true';
  if (isNames(show)) {
    const number = reader.uint64();
    return show[Number(number)] ?? number.toString();
  }
  return `{${fieldWords(reader.message(), show)}}`;
}

function isNames(show: readonly string[] | MessageWords): show is readonly string[] {
  return Array.isArray(show);
}

/** Says that a field is there, without knowing what it is. */
export function unknownField(reader: ProtobufReader): string {
  const { field } = reader;
  try {
    return `field ${field} (${reader.bytes().length} bytes)`;
  } catch (error) {
    // Not a field with a length.
    if (!(error instanceof ProtobufError)) throw error;
    reader.skip();
    return `field ${field}`;
  }
}
