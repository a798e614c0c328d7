import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import type { RunRequest } from '../../sim/run.ts';
import { findScenario } from '../catalogue.ts';
import { type Parsed, flagText, onePositional, runChoice, runFlags, scenarioChosen } from './flags.ts';
import { importFlag, importsFor, splitImports } from './imports.ts';
import { requestOf, scenarioFlag } from './recorded_run.ts';
import { readRunFile } from './run_files.ts';
import { UsageError } from './usage_error.ts';

/** Flags of commands that take a run: from its trace, or by its scenario and what `detcd run` takes. */
export const whichRunFlags = { ...runFlags, ...importFlag, ...scenarioFlag };

const scenarioExtensions = ['.ts', '.mts', '.js', '.mjs', '.cjs'];

/** The run that a person means. Throws UsageError. */
export function runMeant(command: string, parsed: Parsed): RunRequest {
  const { own, directories } = splitImports(parsed, 1);
  const name = onePositional(command, own, 'a trace file or the name of a scenario');
  if (!namesTrace(name)) {
    if (directories.length > 0)
      throw new UsageError(`detcd ${command}: --import: only with a trace that was recorded on directories.`);
    return { ...scenarioChosen(name), ...runChoice(parsed) };
  }
  const given = Object.keys(runFlags).find((flag) => parsed.values[flag] !== undefined);
  if (given !== undefined)
    throw new UsageError(
      `detcd ${command}: --${given}: ${name} is a trace, which says itself which run it is.`,
    );
  const { info } = readRunFile(name);
  const imports = importsFor(command, name, info.options, directories);
  return requestOf(info, name, imports, flagText(parsed, 'scenario'));
}

function namesTrace(name: string): boolean {
  if (findScenario(name) !== undefined || scenarioExtensions.includes(extname(name))) return false;
  return /[\\/]|\.detcd$/.test(name) || existsSync(name);
}
