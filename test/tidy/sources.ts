import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export interface Source {
  /** Path from the root, with '/'. */
  readonly path: string;
  readonly text: string;
  /** The text with comments and string contents blanked out, line for line. */
  readonly code: string;
}

const rooms = ['core', 'sim', 'scenarios', 'viz', 'test', 'tools', 'bin'];

function walk(directory: string): string[] {
  return readdirSync(directory)
    .toSorted((a, b) => (a < b ? -1 : 1))
    .flatMap((name) => {
      const path = join(directory, name);
      if (name === 'node_modules' || name === 'dist') return [];
      return statSync(path).isDirectory() ? walk(path) : [path];
    });
}

export function sources(pattern: RegExp = /\.ts$/): Source[] {
  return rooms
    .flatMap((room) => walk(join(root, room)))
    .map((path) => relative(root, path).replaceAll('\\', '/'))
    .filter((path) => pattern.test(path))
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return { path, text, code: withoutComments(text) };
    });
}

const trivia = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g;

function withoutComments(text: string): string {
  return text.replace(trivia, (match) => match.replace(/[^\n]/g, ' '));
}

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+'([^']+)'|(?:^|\n)\s*import\s+'([^']+)'|import\('([^']+)'\)/g;

/** What a file imports: package names as they are, relative paths resolved from the root. */
export function importsOf(source: Source): string[] {
  const found: string[] = [];
  for (const match of source.text.matchAll(importPattern)) {
    const target = match[1] ?? match[2] ?? match[3] ?? '';
    found.push(target.startsWith('.') ? join(dirname(source.path), target).replaceAll('\\', '/') : target);
  }
  return found;
}
