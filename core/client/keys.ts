import { type ByteString, fromText, toText } from '../base/bytes.ts';

/** Text as the bytes of a key or value (UTF-8), and back. */
export const bytes: (text: string) => ByteString = fromText;
export const text: (value: ByteString) => string = toText;

/** The end of a range of all keys. */
export const endOfKeys = '\0' as ByteString;

/** The `range_end` of all keys that begin with `prefix`: the lowest key that is above them all. */
export function prefixEnd(prefix: ByteString): ByteString {
  for (let length = prefix.length; length > 0; length--) {
    const last = prefix.charCodeAt(length - 1);
    if (last < 0xff) return (prefix.slice(0, length - 1) + String.fromCharCode(last + 1)) as ByteString;
  }
  return endOfKeys;
}

/** The range of all keys that begin with `prefix`, as requests and watches take it; an empty prefix means all keys. */
export function prefixRange(prefix: ByteString): {
  readonly key: ByteString;
  readonly range_end: ByteString;
} {
  return { key: prefix.length === 0 ? endOfKeys : prefix, range_end: prefixEnd(prefix) };
}
