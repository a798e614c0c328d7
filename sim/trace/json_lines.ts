/**
 * A run as JSON lines, for other people's programs: a head, then a line per event with its arguments by name. Nothing is lost: read back
 * (`readJsonLines`) it is the same run, to the digest. See docs/TRACE.md.
 */
import { namedArguments, textArguments } from './describe.ts';
import { kindSchemas } from './kinds.ts';
import type { RecordedEvents, RecordedRun } from './recorded.ts';
import type { RunInfo } from './run_info.ts';

export const linesFormat = 'detcd trace lines';
export const linesVersion = 1;

/** The first line. */
export interface LinesHead {
  readonly format: typeof linesFormat;
  readonly version: number;
  readonly info: RunInfo;
  /** The table of texts, if it is not what the events' texts make in the order of their first use. */
  readonly texts?: readonly string[];
}

const linesPerPiece = 2000;

/** The whole file in pieces of whole lines. */
export function* jsonLines(run: RecordedRun): Generator<string, void> {
  const { info, trace } = run;
  const texts = isInOrder(trace) ? {} : { texts: allTexts(trace) };
  const head: LinesHead = { format: linesFormat, version: linesVersion, info, ...texts };
  yield `${JSON.stringify(head)}\n`;
  const lanes = info.lanes.map(({ name }) => JSON.stringify(name));
  let piece = '';
  for (let event = 0; event < trace.length; event++) {
    piece += `${eventLine(trace, lanes, event)}\n`;
    if (event % linesPerPiece !== linesPerPiece - 1) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

/** How an argument is written: as it is, as the name that its number stands for, or as a text. */
type Writer = (value: number, trace: RecordedEvents) => string;

const writers: readonly (readonly (readonly [string, Writer])[])[] = kindSchemas.map(({ args }) =>
  args.map((name) => [`,"${name}":`, writerOf(name)] as const),
);

function writerOf(name: string): Writer {
  if (textArguments.has(name))
    return (value, trace) => (value < 0 ? 'null' : JSON.stringify(trace.textOf(value)));
  const names = namedArguments[name];
  if (names === undefined) return String;
  return (value) => {
    const found = names[value];
    return found === undefined ? String(value) : JSON.stringify(found);
  };
}

function eventLine(trace: RecordedEvents, lanes: readonly string[], event: number): string {
  const kind = trace.kinds[event] as number;
  const lane = trace.lanes[event] as number;
  const cause = trace.causes[event] as number;
  let line = `{"event":${event},"ns":${trace.timesNs[event]},"lane":${lanes[lane] ?? lane}`;
  line += `,"kind":"${kindSchemas[kind]?.name}","cause":${cause < 0 ? 'null' : cause}`;
  let position = 0;
  for (const [name, write] of writers[kind] ?? []) line += name + write(trace.arg(event, position++), trace);
  return `${line}}`;
}

const textPositions = kindSchemas.map(({ args }) =>
  args.flatMap((name, position) => (textArguments.has(name) ? [position] : [])),
);

/** A reader that makes the table of texts from the events, in order, gets the same table. */
function isInOrder(trace: RecordedEvents): boolean {
  let known = 0;
  for (let event = 0; event < trace.length; event++) {
    for (const position of textPositions[trace.kinds[event] as number] ?? []) {
      const id = trace.arg(event, position);
      if (id > known) return false;
      if (id === known) known++;
    }
  }
  return known === trace.textCount;
}

function allTexts(trace: RecordedEvents): string[] {
  return Array.from({ length: trace.textCount }, (_, id) => trace.textOf(id));
}
