/**
 * The transcript format of etcd's tests: a directive with arguments, perhaps lines of input, `----`, and the
 * expected output up to a blank line. Comments and spacing stay as they are when expectations are rewritten.
 */
export interface Argument {
  readonly key: string;
  /** key=(a,b) has two, key=a one, a bare key none. */
  readonly values: readonly string[];
}

export interface TranscriptCase {
  /** Line of the directive, from 1. */
  readonly line: number;
  /** All text from the end of the last case up to and including the separator. */
  readonly before: string;
  readonly command: string;
  readonly args: readonly Argument[];
  readonly input: string;
  readonly expected: string;
}

export interface Transcript {
  readonly cases: readonly TranscriptCase[];
  /** What follows the last case. */
  readonly rest: string;
}

const argumentPattern = /\s*([^\s=]+)(?:=(?:\(([^)]*)\)|(\S*)))?/y;

function parseArguments(text: string): Argument[] {
  const args: Argument[] = [];
  argumentPattern.lastIndex = 0;
  for (;;) {
    const at = argumentPattern.lastIndex;
    if (text.slice(at).trim() === '') return args;
    const match = argumentPattern.exec(text);
    if (match === null) throw new Error(`bad arguments: ${text.slice(at)}`);
    const [, key, list, single] = match;
    const inList = list === undefined || list.trim() === '' ? [] : list.split(',').map((item) => item.trim());
    args.push({ key: key as string, values: single === undefined ? inList : [single] });
  }
}

/** Reads one directive: the command, its arguments and its input lines. */
function parseDirective(lines: readonly string[]): { command: string; args: Argument[]; input: string } {
  let head = 0;
  let directive = lines[0] ?? '';
  while (directive.endsWith('\\')) directive = directive.slice(0, -1) + (lines[++head] ?? '');
  const [, command = '', rest = ''] = /^(\S*)(.*)$/.exec(directive) ?? [];
  return { command, args: parseArguments(rest), input: lines.slice(head + 1).join('\n') };
}

export function parseTranscript(text: string): Transcript {
  const lines = text.split('\n');
  const cases: TranscriptCase[] = [];
  let begin = 0;
  for (let at = 0; at < lines.length; at++) {
    if (lines[at] !== '----') continue;
    let first = at;
    while (first > begin && lines[first - 1] !== '' && !(lines[first - 1] as string).startsWith('#')) first--;
    const { command, args, input } = parseDirective(lines.slice(first, at));
    let end = at + 1;
    while (end < lines.length && lines[end] !== '') end++;
    const expected = lines
      .slice(at + 1, end)
      .map((line) => `${line}\n`)
      .join('');
    const before = lines
      .slice(begin, at + 1)
      .map((line) => `${line}\n`)
      .join('');
    cases.push({ line: first + 1, before, command, args, input, expected });
    begin = end;
    at = end;
  }
  return { cases, rest: lines.slice(begin).join('\n') };
}

/** The transcript with other expectations, one per case. */
export function formatTranscript(transcript: Transcript, outputs: readonly string[]): string {
  const body = transcript.cases.map((one, position) => one.before + (outputs[position] ?? '')).join('');
  return body + transcript.rest;
}

/** Output as the format can hold it: it ends with one newline. */
export function normalizeOutput(output: string): string {
  return output === '' || output.endsWith('\n') ? output : `${output}\n`;
}

export function argumentOf(args: readonly Argument[], key: string): Argument | undefined {
  return args.find((arg) => arg.key === key);
}
