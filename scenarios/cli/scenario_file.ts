/** Scenarios that a person wrote in a file of their own: `detcd run ./my-scenario.ts`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32c } from '../../core/base/crc32c.ts';
import type { Scenario } from '../../sim/scenario.ts';
import { checkScenario } from '../../sim/scenario_form.ts';
import type { ScenarioSource } from '../../sim/trace/run_info.ts';
import { catalogue } from '../catalogue.ts';
import { failureReason } from './failure_reason.ts';
import { UsageError } from './usage_error.ts';

export interface LoadedScenario {
  readonly scenario: Scenario;
  readonly source: ScenarioSource;
  /** What Node imports: the file itself, or what it was compiled to for as long as this process lives. */
  readonly module: string;
}

const javaScript = ['.js', '.mjs', '.cjs'];
const typeScript = ['.ts', '.mts'];

/** Whether a person means a file and not a name of the catalogue. */
export function namesFile(name: string): boolean {
  return /[\\/]/.test(name) || [...javaScript, ...typeScript].includes(extname(name));
}

const loaded = new Map<string, LoadedScenario>();

/**
 * Reads a file whose default export is a Scenario: JavaScript as it is; TypeScript by Node where Node can (22.18 and later), else bundled
 * by rolldown, which vite brings, where that is installed. Throws UsageError that names the file. The same file is read once.
 */
export function loadScenario(path: string): LoadedScenario {
  const absolute = resolve(path);
  const known = loaded.get(absolute);
  if (known !== undefined) return known;
  const source = sourceOf(path, absolute);
  const module = moduleOf(path, absolute);
  const scenario = scenarioIn(path, module);
  const found = { scenario, source, module };
  loaded.set(absolute, found);
  return found;
}

function sourceOf(path: string, absolute: string): ScenarioSource {
  try {
    const bytes = readFileSync(absolute);
    return { file: basename(absolute), crc32c: crc32c(0, bytes).toString(16).padStart(8, '0') };
  } catch (error) {
    throw new UsageError(`${path}: can't read it: ${failureReason(error)}`);
  }
}

/** The Scenario that a module exports, which was a file that a person named `path`. */
export function scenarioIn(path: string, module: string): Scenario {
  const exported = defaultExport(path, module);
  const fault = checkScenario(exported);
  if (fault !== null) throw new UsageError(`${path}: expected its default export to be a Scenario: ${fault}`);
  const scenario = exported as Scenario;
  if (catalogue.some(({ name }) => name === scenario.name)) {
    throw new UsageError(
      `${path}: the catalogue has a scenario "${scenario.name}": give yours another name.`,
    );
  }
  return scenario;
}

function defaultExport(path: string, module: string): unknown {
  try {
    const exports = createRequire(import.meta.url)(module) as { readonly default?: unknown };
    // Of a CommonJS module, what it exports is the whole.
    return exports.default ?? exports;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_REQUIRE_ASYNC_MODULE')
      throw new UsageError(`${path}: awaits at its top level; a scenario has nothing to wait for there.`);
    const help = /'detcd'/.test(String(error)) ? ' Install detcd beside it: npm install detcd.' : '';
    throw new UsageError(`${path}: can't load it: ${failureReason(error)}.${help}`);
  }
}

function moduleOf(path: string, absolute: string): string {
  const extension = extname(absolute);
  if (javaScript.includes(extension)) return absolute;
  if (!typeScript.includes(extension)) {
    const known = [...typeScript, ...javaScript].join(', ');
    throw new UsageError(`${path}: expected a scenario's file to end in ${known}.`);
  }
  // Node says so where it reads TypeScript: `strip` or `transform`.
  const reads = (process.features as { readonly typescript?: string | false }).typescript;
  if (typeof reads === 'string') return absolute;
  return bundled(path, absolute);
}

function bundled(path: string, absolute: string): string {
  const bundler = rolldownFor(absolute);
  if (bundler === null) {
    const ways =
      'use Node.js 22.18 or later, install vite beside it (npm install --save-dev vite), or compile it';
    throw new UsageError(
      `${path}: this Node.js (${process.versions.node}) does not read TypeScript: ${ways}.`,
    );
  }
  const folder = mkdtempSync(join(tmpdir(), 'detcd-scenario-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const out = join(folder, 'scenario.mjs');
  const args = [bundler, absolute, '--format', 'esm', '--platform', 'node', '--file', out];
  const child = spawnSync(process.execPath, [...args, '--logLevel', 'warn'], {
    cwd: dirname(absolute),
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
  });
  if (child.status !== 0) throw new UsageError(`${path}: can't compile it:\n${complaint(child.stderr)}`);
  return out;
}

/** What rolldown says, without its own stack. */
function complaint(said: string): string {
  const lines = said.trim().split('\n');
  const stack = lines.findIndex((line) => /^\s+at /.test(line));
  return (stack < 0 ? lines : lines.slice(0, stack)).slice(0, 12).join('\n').trimEnd();
}

/** rolldown's command, as installed for the file or for detcd, by itself or with vite. */
function rolldownFor(absolute: string): string | null {
  const here = fileURLToPath(import.meta.url);
  for (const from of [absolute, here]) {
    for (const through of ['rolldown', 'vite']) {
      try {
        const entry = createRequire(from).resolve(through);
        const own = through === 'rolldown' ? entry : createRequire(entry).resolve('rolldown');
        return join(dirname(own), '..', 'bin', 'cli.mjs');
      } catch {
        // Not installed there: the next place.
      }
    }
  }
  return null;
}
