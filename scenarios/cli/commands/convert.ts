import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { chromeTrace } from '../../../sim/trace/chrome_trace.ts';
import { type RunFile, encodeRunFile } from '../../../sim/trace/codec.ts';
import { jsonLines } from '../../../sim/trace/json_lines.ts';
import { type Command, print, printJson } from '../command.ts';
import { failureReason } from '../failure_reason.ts';
import { parseFlags } from '../flags.ts';
import { grouped } from '../format.ts';
import { readRunFile, timelinePage } from '../run_files.ts';
import { UsageError, exitCodes } from '../usage_error.ts';

const name = 'convert';

interface Format {
  readonly ending: string;
  readonly words: string;
  /** The whole file in pieces. Throws UsageError. */
  readonly pieces: (file: RunFile) => Iterable<string | Uint8Array>;
}

/** By the ends of their names; what ends with more comes first. */
const formats: readonly Format[] = [
  { ending: '.detcd', words: 'a trace', pieces: (file) => [gzipSync(encodeRunFile(file), { level: 6 })] },
  { ending: '.jsonl.gz', words: 'JSON lines, gzipped', pieces: gzippedLines },
  { ending: '.jsonl', words: 'JSON lines', pieces: jsonLines },
  { ending: '.json', words: 'a Chrome trace, for Perfetto', pieces: chromeTrace },
  { ending: '.html', words: 'a page that needs no other file', pieces: page },
];

export const convert: Command = {
  name,
  summary: 'write a trace in another format: JSON lines, for Perfetto, or as a page',
  help: `usage: detcd convert TRACE FILE [--json]

TRACE is a trace that \`detcd run\` wrote, or one of JSON lines. What is written to FILE is told by the end of its name:

${formats.map(({ ending, words }) => `  ${ending.padEnd(12)}${words}`).join('\n')}

JSON lines have every event with its arguments by name, and can be converted back to the same trace (docs/TRACE.md).

  --json            print the result as JSON
  --help            show this text

exit codes: 0 written, 2 a mistake on the command line, or a file that is no trace`,
  run(args) {
    const parsed = parseFlags(name, args, {});
    const [from, to, ...more] = parsed.positionals;
    if (from === undefined || to === undefined) {
      const got = from === undefined ? 'nothing' : `only "${from}"`;
      throw new UsageError(`detcd ${name}: expected a trace and a file to write, got ${got}.`);
    }
    if (more.length > 0)
      throw new UsageError(`detcd ${name}: expected only a trace and a file, got also "${more.join(' ')}".`);
    const format = formats.find(({ ending }) => to.endsWith(ending));
    if (format === undefined) {
      const endings = formats.map(({ ending }) => ending).join(', ');
      throw new UsageError(`detcd ${name}: ${to}: expected a name that ends with ${endings}.`);
    }
    const file = readRunFile(from);
    writePieces(to, format.pieces(file));
    const result = {
      file: to,
      bytes: statSync(to).size,
      events: file.trace.length,
      digest: file.info.digest,
    };
    if (parsed.values['json'] === true) printJson(result);
    else print(`${to}: ${format.words}, ${grouped(result.events)} events, ${grouped(result.bytes)} bytes`);
    return exitCodes.passed;
  },
};

function writePieces(path: string, pieces: Iterable<string | Uint8Array>): void {
  let file = -1;
  try {
    file = openSync(path, 'w');
    for (const piece of pieces) writeWhole(file, typeof piece === 'string' ? Buffer.from(piece) : piece);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path}: can't write it: ${failureReason(error)}`);
  } finally {
    if (file >= 0) closeSync(file);
  }
}

function writeWhole(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

/** One stream of gzip: browsers do not read several, one behind the other. */
function gzippedLines(file: RunFile): Uint8Array[] {
  const pieces: Buffer[] = [];
  for (const piece of jsonLines(file)) pieces.push(Buffer.from(piece));
  return [gzipSync(Buffer.concat(pieces), { level: 6 })];
}

function page(file: RunFile): string[] {
  const text = timelinePage(gzipSync(encodeRunFile(file), { level: 6 }));
  if (text === null) throw new UsageError('the page has not been built: run `npm run build` first.');
  return [text];
}
