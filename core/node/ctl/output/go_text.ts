import { type ByteString, fromText, toText } from '../../../base/bytes.ts';

const shortEscapes: ReadonlyMap<number, string> = new Map([
  [7, '\\a'],
  [8, '\\b'],
  [9, '\\t'],
  [10, '\\n'],
  [11, '\\v'],
  [12, '\\f'],
  [13, '\\r'],
  [34, '\\"'],
  [92, '\\\\'],
]);
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** The bytes between quotes as Go's %q writes them: what is not printable is escaped, byte by byte where it is no UTF-8. */
export function goQuote(bytes: ByteString): ByteString {
  let out = '"';
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at);
    const text = toText(bytes.slice(at, at + length) as ByteString);
    const point = text.codePointAt(0) ?? 0;
    const byte = bytes.charCodeAt(at);
    if (length === 1 && byte >= 0x80) out += hexByte(byte);
    else out += escaped(point, text);
    at += length;
  }
  return `${out}"` as ByteString;
}

/** How many bytes the character has that begins here; 1 if none does. */
function sequenceLength(bytes: ByteString, at: number): number {
  const first = bytes.charCodeAt(at);
  const length = first < 0xc2 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 1;
  if (length === 1) return 1;
  const sequence = bytes.slice(at, at + length) as ByteString;
  return fromText(toText(sequence)) === sequence ? length : 1;
}

function escaped(point: number, text: string): string {
  const short = shortEscapes.get(point);
  if (short !== undefined) return short;
  if (printable.test(text)) return fromText(text);
  if (point < 0x20 || point === 0x7f) return hexByte(point);
  if (point < 0x10000) return `\\u${point.toString(16).padStart(4, '0')}`;
  return `\\U${point.toString(16).padStart(8, '0')}`;
}

function hexByte(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

/** `\x66\x6f`: every byte in hex, for --hex. */
export function allHex(bytes: ByteString): ByteString {
  let out = '';
  for (let at = 0; at < bytes.length; at++) out += hexByte(bytes.charCodeAt(at));
  return out as ByteString;
}

/** An id as etcdctl prints it. */
export function hexId(id: bigint): string {
  return BigInt.asUintN(64, id).toString(16);
}

/** A lease's id: always 16 digits. */
export function leaseHex(id: bigint): string {
  return hexId(id).padStart(16, '0');
}

const sizeUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;

/** A size for people: steps of 1000, two digits (go-humanize). */
export function humanBytes(bytes: number): string {
  if (bytes < 10) return `${bytes} B`;
  let unit = 0;
  for (let rest = bytes; rest >= 1000 && unit < sizeUnits.length - 1; rest /= 1000) unit++;
  const value = Math.floor((bytes / 1000 ** unit) * 10 + 0.5) / 10;
  return `${value < 10 ? value.toFixed(1) : halfToEven(value)} ${sizeUnits[unit]}`;
}

/** Go's %.0f. */
function halfToEven(value: number): number {
  const below = Math.floor(value);
  if (value - below === 0.5) return below % 2 === 0 ? below : below + 1;
  return Math.round(value);
}

/** A duration in Go's form, such as `1.5s`, `2.25ms`. */
export function goDuration(ms: number): string {
  const ns = Math.round(ms * 1e6);
  if (ns === 0) return '0s';
  if (ns < 1000) return `${ns}ns`;
  if (ns < 1e6) return `${trimmed(ns / 1000)}µs`;
  if (ns < 1e9) return `${trimmed(ns / 1e6)}ms`;
  const hours = Math.floor(ns / 3.6e12);
  const minutes = Math.floor((ns % 3.6e12) / 6e10);
  const seconds = `${trimmed((ns % 6e10) / 1e9)}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}

function trimmed(value: number): string {
  const text = value.toFixed(9);
  return text.replace(/\.?0+$/, '');
}
