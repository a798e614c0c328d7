import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, vi } from 'vitest';
import { runCommandLine } from '../../scenarios/cli/command_line.ts';
import { root } from '../tidy/sources.ts';

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** What npm installs as `detcd`; it runs what was built. */
export const bin = join(root, 'bin', 'detcd.mjs');

/** The built command line in a process of its own. */
export function detcdIn(folder: string, ...args: string[]): Ran {
  const child = spawnSync(process.execPath, [bin, ...args], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return { code: child.status, out: child.stdout, err: child.stderr };
}

/** The same without a new process, for the many ways to be wrong. */
export function detcdHere(...args: string[]): Ran {
  const { code, written } = caught(() => runCommandLine(args));
  if (typeof code !== 'number') throw new Error(`detcd ${args[0]} goes on by itself: use detcdIn`);
  return { code, ...written };
}

function caught<Result>(work: () => Result): { code: Result; written: Pick<Ran, 'out' | 'err'> } {
  const written = { out: '', err: '' };
  const catching = (stream: NodeJS.WriteStream, name: 'out' | 'err') =>
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      written[name] += String(text);
      return true;
    });
  const spies = [catching(process.stdout, 'out'), catching(process.stderr, 'err')];
  try {
    return { code: work(), written };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

const transcripts = join(dirname(fileURLToPath(import.meta.url)), 'testdata');

/**
 * What a person sees who types these command lines. `shown` makes it the same on every machine. DETCD_UPDATE=1 writes it into the
 * file: read the difference before you keep it.
 */
export function expectTranscript(
  name: string,
  lines: readonly (readonly string[])[],
  shown: (text: string) => string,
): void {
  const seen = lines.map((args) => {
    const { code, out, err } = detcdHere(...args);
    return `$ detcd ${args.join(' ')}\n${out}${err}exit code ${code}\n`;
  });
  const text = shown(seen.join('\n'));
  const path = join(transcripts, `${name}.txt`);
  if (env['DETCD_UPDATE'] === '1') writeFileSync(path, text);
  expect(text).toBe(existsSync(path) ? readFileSync(path, 'utf8') : '');
}
