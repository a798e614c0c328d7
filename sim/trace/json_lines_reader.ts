import { type RunFile, TraceFormatError, checkedInfo } from './codec.ts';
import { namedArguments, textArguments } from './describe.ts';
import { type LinesHead, linesFormat, linesVersion } from './json_lines.ts';
import { Kind, kindSchemas } from './kinds.ts';
import type { RunInfo } from './run_info.ts';
import { Trace } from './trace.ts';

/** How an argument's value in a line becomes its number; throws what `ask` makes of it. */
interface ArgumentReader {
  readonly name: string;
  readonly read: (value: unknown, trace: Trace) => number | undefined;
}

const readers: readonly (readonly ArgumentReader[])[] = kindSchemas.map(({ args }) =>
  args.map((name) => ({ name, read: readerOf(name) })),
);

function readerOf(name: string): ArgumentReader['read'] {
  if (textArguments.has(name)) {
    return (value, trace) => {
      if (value === null) return -1;
      return typeof value === 'string' ? trace.string(value) : undefined;
    };
  }
  const names = new Map((namedArguments[name] ?? []).map((each, number) => [each, number]));
  return (value) => {
    if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined;
    return typeof value === 'string' ? names.get(value) : undefined;
  };
}

/** Takes a file of JSON lines line by line, and gives the run in the end. Every failure is a TraceFormatError that names the line. */
export class JsonLinesReader {
  private readonly trace = new Trace();
  private info: RunInfo | null = null;
  private readonly lanes = new Map<unknown, number>();
  private line = 0;

  /** The next line, without its end. Empty lines are nothing. */
  take(text: string): void {
    this.line++;
    if (text.trim() === '') return;
    const value = this.parsed(text);
    if (this.info === null) this.takeHead(value);
    else this.takeEvent(value);
  }

  /** Checks the digest, so that a line that is missing or was changed does not go unnoticed. */
  finish(): RunFile {
    const { info, trace } = this;
    if (info === null) throw new TraceFormatError('expected a head in the first line, found an empty file');
    if (trace.digestText !== info.digest)
      throw new TraceFormatError(`expected digest ${info.digest} over its events, found ${trace.digestText}`);
    return { info, trace };
  }

  private wrong(expected: string, found: unknown): TraceFormatError {
    const shown = JSON.stringify(found) ?? 'none';
    const cut = shown.length > 60 ? `${shown.slice(0, 60)}...` : shown;
    const what = this.info === null ? 'not a detcd trace: ' : '';
    return new TraceFormatError(`${what}line ${this.line}: expected ${expected}, found ${cut}`);
  }

  private parsed(text: string): Readonly<Record<string, unknown>> {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw this.wrong('a JSON object', text);
    }
    if (typeof value !== 'object' || value === null) throw this.wrong('a JSON object', value);
    return value as Readonly<Record<string, unknown>>;
  }

  private takeHead(value: Readonly<Record<string, unknown>>): void {
    const head = value as unknown as Partial<LinesHead>;
    if (head.format !== linesFormat) throw this.wrong(`a head with "format": "${linesFormat}"`, head.format);
    if (head.version !== linesVersion) throw this.wrong(`"version": ${linesVersion}`, head.version);
    this.info = checkedInfo(head.info);
    if (!Array.isArray(this.info.lanes)) throw this.wrong('a list "lanes" in the run info', this.info.lanes);
    for (const [lane, { name }] of this.info.lanes.entries()) this.lanes.set(name, lane);
    if (head.texts === undefined) return;
    if (!Array.isArray(head.texts)) throw this.wrong('a list "texts"', head.texts);
    for (const text of head.texts) this.trace.string(String(text));
  }

  private takeEvent(value: Readonly<Record<string, unknown>>): void {
    const { trace } = this;
    const kind = Kind[value['kind'] as keyof typeof Kind] as number | undefined;
    if (kind === undefined) throw this.wrong('"kind" to be one that this build knows', value['kind']);
    const lane = this.lanes.get(value['lane']) ?? value['lane'];
    if (typeof lane !== 'number') throw this.wrong('"lane" to be one of the run info', value['lane']);
    if (value['event'] !== trace.length) throw this.wrong(`"event": ${trace.length}`, value['event']);
    const timeNs = value['ns'];
    if (typeof timeNs !== 'number' || !(timeNs >= trace.nowNs))
      throw this.wrong(`"ns" to be a time not before ${trace.nowNs}`, timeNs);
    const cause = value['cause'] ?? -1;
    if (typeof cause !== 'number' || cause < -1 || cause >= trace.length)
      throw this.wrong('"cause" to be an event before or null', cause);
    trace.nowNs = timeNs;
    trace.begin(kind, lane, cause);
    for (const { name, read } of readers[kind] ?? []) {
      const number = read(value[name], trace);
      if (number === undefined) throw this.wrong(`"${name}" of ${String(value['kind'])}`, value[name]);
      trace.argument(number);
    }
  }
}

/** Whether a file is one of JSON lines and not the columnar one: a JSON object begins it. */
export function looksLikeLines(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7b;
}
