import { DiskError } from '../../../core/ports.ts';
import { WalError } from '../../../core/wal/index.ts';
import { type Command, print, printJson } from '../command.ts';
import { findMember } from '../dump/data_directory.ts';
import { dumpWal } from '../dump/wal_dump.ts';
import { hexId } from '../dump/readable.ts';
import { onePositional, parseFlags } from '../flags.ts';
import { plural, styleFor } from '../format.ts';
import { type Examined, examine, readDirectory } from '../import_directory.ts';
import { UsageError, exitCodes } from '../usage_error.ts';

const name = 'import';

export const importDirectory: Command = {
  name,
  summary: "check whether a real member's directory can be opened here",
  hidden: true,
  help: `usage: detcd import DIR [--json]

Reads a member's data directory as a member that starts on it would: the log, its snapshot, the database. Nothing is changed.

exit codes: 0 a member can start on it, 1 it can't, 2 a mistake on the command line`,
  run(args) {
    const parsed = parseFlags(name, args, {});
    const path = onePositional(name, parsed, 'a data directory');
    const { disk, wal } = findMember(name, path);
    if (wal !== 'member/wal') {
      throw new UsageError(
        `detcd ${name}: ${path}: expected the data directory itself, the one that holds member/.`,
      );
    }
    const { examined, files } = read(() => {
      const imported = readDirectory(disk, dumpWal(disk, wal));
      return { examined: examine(disk), files: imported.files };
    });
    const fit = examined.faults.length === 0;
    if (parsed.values['json'] === true) printJson(asJson(examined, files));
    else printFindings(examined, files);
    return fit ? exitCodes.passed : exitCodes.violation;
  },
};

function read<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DiskError || error instanceof WalError)) throw error;
    throw new UsageError(`detcd ${name}: ${error.message}`);
  }
}

type Files = readonly { readonly path: string; readonly bytes: Uint8Array }[];

function asJson({ wal, snaps, appliedIndex, faults }: Examined, files: Files): unknown {
  return {
    node: hexId(wal.node),
    cluster: hexId(wal.cluster),
    hardState: { ...wal.hardState, vote: hexId(wal.hardState.vote) },
    appliedIndex,
    walDamage: wal.damage,
    snapFiles: snaps,
    faults,
    files: files.map(({ path, bytes }) => ({ path, bytes: bytes.length })),
  };
}

function printFindings({ wal, snaps, appliedIndex, faults }: Examined, files: Files): void {
  const style = styleFor(process.stdout);
  const { term, commit } = wal.hardState;
  print(style(`member ${hexId(wal.node)} of cluster ${hexId(wal.cluster)}`, 'bold'));
  const damage = wal.damage === null ? '' : `, ${wal.damage.verdict} damage in ${wal.damage.file}`;
  print(
    `  log        term ${term}, commit ${commit}, ${plural(wal.entries.length, 'entry', 'entries')}${damage}`,
  );
  const newest = snaps.filter(({ status }) => status === 'valid').at(-1);
  print(`  snapshot   ${newest?.text ?? 'none: the log is read from its first entry'}`);
  print(`  database   ${appliedIndex === null ? 'none' : `holds the log up to index ${appliedIndex}`}`);
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  print(`  files      ${files.length}, ${plural(bytes, 'byte')} without reserved space`);
  print('');
  if (faults.length === 0) print(style('FIT  a member can start on it', 'green'));
  else print(style('UNFIT  a member can not start on it', 'red'));
  for (const fault of faults) print(`  ${fault}`);
}
