import { existsSync, writeFileSync } from 'node:fs';
import { filesBelow, playFile } from './conformance.ts';

const usage = `usage: npm run conformance -- [--update] DIR...

Plays every raft transcript below the folders (interaction, quorum or confchange: told by its commands) and prints
what passed, what failed, and the first difference of each failure. --update writes the actual output into the files.`;

export interface Printer {
  out(line: string): void;
  error(line: string): void;
}

/**
 * Exit code: 0 if all passed, 1 if something failed or nothing was found, 2 if the arguments make no sense.
 */
export function runConformance(args: readonly string[], printer: Printer): number {
  const unknown = args.filter((arg) => arg.startsWith('-') && arg !== '--update');
  const folders = args.filter((arg) => !arg.startsWith('-'));
  const missing = folders.filter((folder) => !existsSync(folder));
  if (folders.length === 0 || missing.length + unknown.length > 0) {
    for (const option of unknown) printer.error(`unknown option: ${option}`);
    for (const folder of missing) printer.error(`no such file or folder: ${folder}`);
    printer.error(usage);
    return 2;
  }
  return playAll(folders.flatMap(filesBelow), args.includes('--update'), printer);
}

function playAll(paths: readonly string[], update: boolean, printer: Printer): number {
  let passed = 0;
  let failed = 0;
  let cases = 0;
  for (const path of paths) {
    const { result } = playFile(path);
    if (result?.difference === null) {
      passed++;
      cases += result.cases;
      continue;
    }
    failed++;
    const reason = result?.difference ?? 'no transcript of a known kind (interaction, quorum, confchange)';
    printer.out(`FAILED ${path}\n  ${reason.replaceAll('\n', '\n  ')}`);
    if (update && result !== null) {
      writeFileSync(path, result.rewritten);
      printer.out('  rewritten');
    }
  }
  printer.out(`${passed} passed (${cases} cases), ${failed} failed`);
  if (passed + failed === 0) printer.error('no transcripts found');
  return failed > 0 || passed === 0 ? 1 : 0;
}
