/**
 * The trace format read column by column into the arrays that the page keeps: four times as fast as building a `Trace` row by
 * row, because no row is an object and no text a string. It knows only whole files. For any other it returns null, and the
 * format's own reader, `decodeRunFile`, says what is wrong.
 */
import { crc32c } from '../../core/base/crc32c.ts';
import { Digest } from '../../sim/trace/digest.ts';
import { arityOfKind, kindSchemas, traceVersion } from '../../sim/trace/kinds.ts';
import type { RunInfo } from '../../sim/trace/run_info.ts';
import type { TraceColumns } from '../model/trace_view.ts';

export interface DecodedColumns {
  readonly info: RunInfo;
  readonly columns: TraceColumns;
}

const magic = 'detcdtrc';
const utf8 = new TextDecoder();

/** `verify`: whether the events are held against the digest of the file's head. */
export function decodeColumns(bytes: Uint8Array, verify = true): DecodedColumns | null {
  const sections = wholeSections(bytes);
  if (sections === null) return null;
  const columns = readColumns(sections);
  if (columns === null) return null;
  try {
    const info = JSON.parse(utf8.decode(sections[0])) as RunInfo;
    return !verify || digestOf(columns) === info.digest ? { info, columns } : null;
  } catch {
    return null;
  }
}

const headSections = 5;

function wholeSections(bytes: Uint8Array): Uint8Array[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = magic.length + 4;
  if (bytes.length < at || utf8.decode(bytes.subarray(0, magic.length)) !== magic) return null;
  if (view.getUint32(magic.length, true) !== traceVersion) return null;
  let left = headSections + 1;
  for (const kind of kindSchemas) left += kind.args.length;
  const sections: Uint8Array[] = [];
  for (; left > 0; left--) {
    if (at + 4 > bytes.length) return null;
    const end = at + 4 + view.getUint32(at, true);
    if (end + 4 > bytes.length) return null;
    const body = bytes.subarray(at + 4, end);
    if (crc32c(0, body) !== view.getUint32(end, true)) return null;
    sections.push(body);
    at = end + 4;
  }
  return at === bytes.length ? sections : null;
}

function readColumns(sections: readonly Uint8Array[]): TraceColumns | null {
  const [, kindBytes, laneBytes, timeBytes, causeBytes] = sections as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const kinds = kindBytes.slice();
  const length = kinds.length;
  const argumentStarts = new Uint32Array(length);
  const counts = new Uint32Array(kindSchemas.length);
  let argumentsLength = 0;
  for (let i = 0; i < length; i++) {
    const kind = kinds[i] as number;
    if (kind >= kindSchemas.length) return null;
    argumentStarts[i] = argumentsLength;
    argumentsLength += arityOfKind[kind] as number;
    counts[kind] = (counts[kind] as number) + 1;
  }
  const timesNs = new Float64Array(length);
  const causes = new Int32Array(length);
  const lanes = new Uint16Array(length);
  const argumentsFlat = new Float64Array(argumentsLength);
  if (!readNumbers(timeBytes, timesNs) || !readNumbers(causeBytes, causes)) return null;
  if (!readNumbers(laneBytes, lanes)) return null;
  let nowNs = 0;
  for (let i = 0; i < length; i++) {
    nowNs += timesNs[i] as number;
    timesNs[i] = nowNs;
    const distance = causes[i] as number;
    causes[i] = distance === 0 ? -1 : i - distance;
  }
  if (!readArguments(sections, kinds, counts, argumentStarts, argumentsFlat)) return null;
  const texts = readTexts(sections.at(-1) as Uint8Array);
  if (texts === null) return null;
  return { timesNs, kinds, lanes, causes, argumentStarts, argumentsFlat, ...texts };
}

/** Fills `into` with unsigned varints and says whether they end with it. */
function readNumbers(bytes: Uint8Array, into: Float64Array | Int32Array | Uint16Array): boolean {
  let at = 0;
  const end = bytes.length;
  for (let i = 0; i < into.length; i++) {
    let byte = bytes[at++] as number;
    let value = byte & 0x7f;
    for (let scale = 128; byte >= 0x80 && at < end; scale *= 128) {
      byte = bytes[at++] as number;
      value += (byte & 0x7f) * scale;
    }
    into[i] = value;
  }
  return at === end;
}

/** Every argument's column, scattered to the rows of its kind. */
function readArguments(
  sections: readonly Uint8Array[],
  kinds: Uint8Array,
  counts: Uint32Array,
  starts: Uint32Array,
  flat: Float64Array,
): boolean {
  const rows = Array.from(counts, (count) => new Uint32Array(count));
  const filled = new Uint32Array(counts.length);
  for (let i = 0; i < kinds.length; i++) {
    const kind = kinds[i] as number;
    const at = filled[kind] as number;
    (rows[kind] as Uint32Array)[at] = starts[i] as number;
    filled[kind] = at + 1;
  }
  let section = headSections;
  for (let kind = 0; kind < kindSchemas.length; kind++) {
    for (let position = 0; position < (arityOfKind[kind] as number); position++) {
      const bytes = sections[section++] as Uint8Array;
      if (!scatter(bytes, rows[kind] as Uint32Array, position, flat)) return false;
    }
  }
  return true;
}

function scatter(bytes: Uint8Array, rows: Uint32Array, position: number, flat: Float64Array): boolean {
  let at = 0;
  const end = bytes.length;
  let value = 0;
  for (let i = 0; i < rows.length; i++) {
    let byte = bytes[at++] as number;
    let zigzag = byte & 0x7f;
    if (byte < 0x80) value += zigzag & 1 ? -((zigzag + 1) >> 1) : zigzag >> 1;
    else {
      for (let scale = 128; byte >= 0x80 && at < end; scale *= 128) {
        byte = bytes[at++] as number;
        zigzag += (byte & 0x7f) * scale;
      }
      value += zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    }
    flat[(rows[i] as number) + position] = value;
  }
  return at === end;
}

function readTexts(bytes: Uint8Array): Pick<TraceColumns, 'textEnds' | 'textBytes'> | null {
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (let scale = 1; at < bytes.length; scale *= 128) {
      const byte = bytes[at++] as number;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    return value;
  };
  const count = number();
  if (count > bytes.length) return null;
  const textEnds = new Uint32Array(count);
  const textBytes = new Uint8Array(bytes.length);
  let filled = 0;
  for (let id = 0; id < count; id++) {
    const length = number();
    if (at + length > bytes.length) return null;
    textBytes.set(bytes.subarray(at, at + length), filled);
    at += length;
    filled += length;
    textEnds[id] = filled;
  }
  return at === bytes.length ? { textEnds, textBytes: textBytes.slice(0, filled) } : null;
}

/** The digest of a trace that consists of these columns; see `Trace.digestText`. */
function digestOf(columns: TraceColumns): string {
  const rows = new Digest();
  const { kinds, lanes, timesNs, causes, argumentStarts, argumentsFlat } = columns;
  for (let i = 0; i < kinds.length; i++) {
    const kind = kinds[i] as number;
    rows.fold(kind | ((lanes[i] as number) << 8));
    rows.foldInteger(timesNs[i] as number);
    rows.fold(causes[i] as number);
    const start = argumentStarts[i] as number;
    const end = start + (arityOfKind[kind] as number);
    for (let at = start; at < end; at++) rows.foldInteger(argumentsFlat[at] as number);
  }
  const texts = new Digest();
  foldTexts(texts, columns);
  const whole = new Digest();
  for (const part of [rows, texts]) {
    whole.fold(part.high);
    whole.fold(part.low);
  }
  return whole.text;
}

function foldTexts(into: Digest, { textEnds, textBytes }: TraceColumns): void {
  let start = 0;
  for (let id = 0; id < textEnds.length; id++) {
    const end = textEnds[id] as number;
    let ascii = true;
    for (let at = start; at < end && ascii; at++) ascii = (textBytes[at] as number) < 0x80;
    if (ascii) {
      into.fold(end - start);
      for (let at = start; at < end; at++) into.fold(textBytes[at] as number);
    } else into.foldText(utf8.decode(textBytes.subarray(start, end)));
    start = end;
  }
}
