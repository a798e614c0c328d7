/**
 * The trace file, version 1:
 *
 *     "detcdtrc" | u32 version | sections, each: u32 length, bytes, u32 crc32c(bytes)
 *
 * all u32 little-endian. Sections in order: run info (UTF-8 JSON), kinds, lanes, times (delta to the row before, ns), causes
 * (distance back, 0 for none), one column per kind and argument (zigzag delta to the same argument of the kind's last row),
 * texts. Columns are varints. Files are usually wrapped in gzip; that is the caller's business.
 */
import { assert } from '../../core/base/assert.ts';
import { fromBytes, fromText, toBytes, toText } from '../../core/base/bytes.ts';
import { crc32c } from '../../core/base/crc32c.ts';
import { arityOfKind, kindSchemas, traceVersion } from './kinds.ts';
import type { RecordedEvents, RecordedRun } from './recorded.ts';
import type { RunInfo } from './run_info.ts';
import { Trace } from './trace.ts';
import { VarintReader, VarintWriter } from './varint.ts';

const magic = 'detcdtrc';

/** A trace file that can't be read: says what was expected and what was found. Callers add the file's name. */
export class TraceFormatError extends Error {
  override readonly name = 'TraceFormatError';
}

export interface RunFile {
  readonly info: RunInfo;
  readonly trace: Trace;
}

export function encodeRunFile(file: RecordedRun): Uint8Array {
  const { info, trace } = file;
  const out = new VarintWriter();
  out.bytes(toBytes(fromText(magic)));
  out.bytes(u32(traceVersion));
  section(out, toBytes(fromText(JSON.stringify(info))));
  section(out, trace.kinds.subarray(0, trace.length));
  section(out, encodeLanes(trace));
  section(out, encodeTimes(trace));
  section(out, encodeCauses(trace));
  for (const column of encodeArguments(trace)) section(out, column);
  section(out, encodeStrings(trace));
  return out.finish();
}

function section(out: VarintWriter, bytes: Uint8Array): void {
  out.bytes(u32(bytes.length));
  out.bytes(bytes);
  out.bytes(u32(crc32c(0, bytes)));
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}

function encodeLanes(trace: RecordedEvents): Uint8Array {
  const out = new VarintWriter();
  for (let i = 0; i < trace.length; i++) out.unsigned(trace.lanes[i] as number);
  return out.finish();
}

function encodeTimes(trace: RecordedEvents): Uint8Array {
  const out = new VarintWriter();
  let before = 0;
  for (let i = 0; i < trace.length; i++) {
    const time = trace.timesNs[i] as number;
    out.unsigned(time - before);
    before = time;
  }
  return out.finish();
}

function encodeCauses(trace: RecordedEvents): Uint8Array {
  const out = new VarintWriter();
  for (let i = 0; i < trace.length; i++) {
    const cause = trace.causes[i] as number;
    out.unsigned(cause < 0 ? 0 : i - cause);
  }
  return out.finish();
}

/** So that twice the difference of two arguments is still exact. */
const argumentMax = 2 ** 51;

function encodeArguments(trace: RecordedEvents): Uint8Array[] {
  const columns = kindSchemas.map((kind) => kind.args.map(() => new VarintWriter()));
  const before = kindSchemas.map((kind) => kind.args.map(() => 0));
  for (let i = 0; i < trace.length; i++) {
    const kind = trace.kinds[i] as number;
    const kindColumns = columns[kind] as VarintWriter[];
    const kindBefore = before[kind] as number[];
    for (let position = 0; position < kindColumns.length; position++) {
      const value = trace.arg(i, position);
      assert(Math.abs(value) <= argumentMax, `trace argument ${value} is beyond 2^51`);
      (kindColumns[position] as VarintWriter).signed(value - (kindBefore[position] as number));
      kindBefore[position] = value;
    }
  }
  return columns.flat().map((column) => column.finish());
}

function encodeStrings(trace: RecordedEvents): Uint8Array {
  const out = new VarintWriter();
  out.unsigned(trace.textCount);
  for (let id = 0; id < trace.textCount; id++) {
    const bytes = toBytes(fromText(trace.textOf(id)));
    out.unsigned(bytes.length);
    out.bytes(bytes);
  }
  return out.finish();
}

/** Reads a file back and checks its digest against its rows. Throws TraceFormatError. */
export function decodeRunFile(bytes: Uint8Array): RunFile {
  const sections = readSections(bytes);
  const info = decodeInfo(sections[0] as Uint8Array);
  const trace = rebuild(sections);
  if (trace.digestText !== info.digest) {
    throw new TraceFormatError(`expected digest ${info.digest} over its events, found ${trace.digestText}`);
  }
  return { info, trace };
}

const sectionNames = [
  'run info',
  'kinds',
  'lanes',
  'times',
  'causes',
  ...kindSchemas.flatMap((kind) => kind.args.map((name) => `${kind.name}.${name}`)),
  'texts',
];

function readSections(bytes: Uint8Array): Uint8Array[] {
  const found = fromBytes(bytes.subarray(0, magic.length));
  if (found !== magic) {
    const shown = found.length === 0 ? 'an empty file' : JSON.stringify(toText(found));
    throw new TraceFormatError(`not a detcd trace: expected it to begin with "${magic}", found ${shown}`);
  }
  const version = readU32(bytes, magic.length, 'version');
  if (version !== traceVersion) {
    throw new TraceFormatError(`expected trace format version ${traceVersion}, found ${version}`);
  }
  let at = magic.length + 4;
  const sections = sectionNames.map((name) => {
    const length = readU32(bytes, at, name);
    const body = bytes.subarray(at + 4, at + 4 + length);
    const sum = readU32(bytes, at + 4 + length, name);
    if (crc32c(0, body) !== sum) {
      const computed = crc32c(0, body).toString(16);
      throw new TraceFormatError(
        `damaged in section "${name}": expected crc ${sum.toString(16)}, found ${computed}`,
      );
    }
    at += 8 + length;
    return body;
  });
  if (at !== bytes.length)
    throw new TraceFormatError(`expected the file to end at byte ${at}, found ${bytes.length} bytes`);
  return sections;
}

function readU32(bytes: Uint8Array, at: number, name: string): number {
  if (at + 4 > bytes.length) {
    throw new TraceFormatError(
      `cut short in section "${name}": expected 4 bytes at ${at}, the file has ${bytes.length}`,
    );
  }
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at, at + 4);
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}

function decodeInfo(bytes: Uint8Array): RunInfo {
  return checkedInfo(parsedInfo(bytes));
}

/** A run info with everything that no reader can do without. Throws TraceFormatError. */
export function checkedInfo(info: unknown): RunInfo {
  const known: Readonly<Record<string, unknown>> = Object(info);
  for (const name of infoFields) {
    if (known[name] === undefined)
      throw new TraceFormatError(`expected the run info to have "${name}", found none`);
  }
  return info as RunInfo;
}

const infoFields = ['scenario', 'seed', 'options', 'interventions', 'lanes', 'verdict', 'summary', 'digest'];

function parsedInfo(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(toText(fromBytes(bytes)));
  } catch {
    throw new TraceFormatError('expected the run info to be JSON');
  }
}

function rebuild(sections: readonly Uint8Array[]): Trace {
  const readers = sections.map((bytes) => new VarintReader(bytes));
  const trace = new Trace();
  try {
    readStrings(trace, readers.at(-1) as VarintReader);
    readRows(trace, sections[1] as Uint8Array, readers);
  } catch (error) {
    if (error instanceof RangeError) throw new TraceFormatError(`a column ${error.message}`);
    throw error;
  }
  return trace;
}

function readStrings(trace: Trace, reader: VarintReader): void {
  for (let left = reader.unsigned(); left > 0; left--) {
    trace.string(toText(fromBytes(reader.bytes(reader.unsigned()))));
  }
}

function readRows(trace: Trace, kinds: Uint8Array, readers: readonly VarintReader[]): void {
  const [, , lanes, times, causes] = readers as [
    VarintReader,
    VarintReader,
    VarintReader,
    VarintReader,
    VarintReader,
  ];
  let column = 5;
  const columns = kindSchemas.map((kind) => kind.args.map(() => readers[column++] as VarintReader));
  const before = kindSchemas.map((kind) => kind.args.map(() => 0));
  for (let i = 0; i < kinds.length; i++) {
    const kind = kinds[i] as number;
    if (kind >= kindSchemas.length)
      throw new TraceFormatError(`event ${i} has kind ${kind}, this build knows ${kindSchemas.length}`);
    trace.nowNs += times.unsigned();
    const distance = causes.unsigned();
    trace.begin(kind, lanes.unsigned(), distance === 0 ? -1 : i - distance);
    const kindColumns = columns[kind] as VarintReader[];
    const kindBefore = before[kind] as number[];
    for (let position = 0; position < (arityOfKind[kind] as number); position++) {
      const value = (kindBefore[position] as number) + (kindColumns[position] as VarintReader).signed();
      kindBefore[position] = value;
      trace.argument(value);
    }
  }
}
