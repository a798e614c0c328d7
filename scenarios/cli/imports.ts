/** Directories of members that a person names, to run on. */
import { DiskError } from '../../core/ports.ts';
import { WalError } from '../../core/wal/index.ts';
import type { ImportedDirectory } from '../../sim/disk/image.ts';
import { recordOf } from '../../sim/disk/imported.ts';
import type { ImportedRecord, RunOptions } from '../../sim/trace/run_info.ts';
import { findMember } from './dump/data_directory.ts';
import { dumpWal } from './dump/wal_dump.ts';
import { hexId } from './dump/readable.ts';
import { type Parsed, flagTexts } from './flags.ts';
import { grouped, plural } from './format.ts';
import { type Examined, examine, readDirectory } from './import_directory.ts';
import { UsageError } from './usage_error.ts';

export interface ImportedMember {
  /** As the person named it. */
  readonly path: string;
  readonly examined: Examined;
  readonly directory: ImportedDirectory;
}

/**
 * Reads directories of one cluster: of one member, or of all. They come in the order of their members' ids, so that it does not
 * matter in which order they are named. Throws UsageError that names the directory.
 */
export function readImports(command: string, paths: readonly string[]): readonly ImportedMember[] {
  const found = paths.map((path) => readOne(command, path));
  found.sort((a, b) => compareIds(a.directory.node, b.directory.node));
  checkTogether(command, found);
  return found;
}

function compareIds(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function readOne(command: string, path: string): ImportedMember {
  const place = findMember(command, path);
  if (place.wal !== 'member/wal') {
    throw new UsageError(
      `detcd ${command}: ${path}: expected the data directory itself, the one that holds member/.`,
    );
  }
  const { disk } = place;
  try {
    return { path, examined: examine(disk), directory: readDirectory(disk, dumpWal(disk, place.wal)) };
  } catch (error) {
    if (!(error instanceof DiskError || error instanceof WalError)) throw error;
    throw new UsageError(`detcd ${command}: ${path}: ${error.message}`);
  }
}

/** One directory goes on alone, whatever cluster it is of; of several each must be of another member, and none may be missing. */
function checkTogether(command: string, found: readonly ImportedMember[]): void {
  const [first] = found;
  if (first === undefined || found.length === 1) return;
  const fail = (what: string): never => {
    throw new UsageError(`detcd ${command}: ${what}`);
  };
  const whose = new Map<bigint, string>();
  for (const { path, directory } of found) {
    const { node, cluster } = directory;
    if (cluster !== first.directory.cluster) {
      const clusters = `${first.path} is of cluster ${hexId(first.directory.cluster)}, ${path} of cluster ${hexId(cluster)}`;
      fail(`${clusters}: expected members of one cluster.`);
    }
    const other = whose.get(node);
    if (other !== undefined) fail(`${other} and ${path} are both of member ${hexId(node)}.`);
    whose.set(node, path);
  }
  // Who knows most knows the members.
  const newest = found.reduce((a, b) =>
    b.examined.wal.hardState.commit > a.examined.wal.hardState.commit ? b : a,
  );
  const { members } = newest.examined;
  for (const { path, directory } of found) {
    if (!members.includes(directory.node)) {
      fail(`${path}: member ${hexId(directory.node)} is not in the cluster, by what ${newest.path} says.`);
    }
  }
  const missing = members.filter((member) => !whose.has(member)).map(hexId);
  if (missing.length > 0) {
    const expected = `expected the directories of all ${members.length} members, or of one that goes on alone`;
    fail(`${expected}; missing: ${missing.join(', ')}.`);
  }
}

// --- a recorded run on imported directories

/** `--import DIR...` on commands that run a trace again. */
export const importFlag = { import: { type: 'string', multiple: true } } as const;

/** Takes the directories out: each flag's value, and what stands behind so many arguments of the command's own. */
export function splitImports(
  parsed: Parsed,
  ownCount: number,
): { readonly own: Parsed; readonly directories: readonly string[] } {
  const given = flagTexts(parsed, 'import');
  if (given.length === 0) return { own: parsed, directories: [] };
  const { values, positionals } = parsed;
  return {
    own: { values, positionals: positionals.slice(0, ownCount) },
    directories: [...given, ...positionals.slice(ownCount)],
  };
}

/** Reads the directories that a trace was recorded on. Throws UsageError if they are not named, or are others. */
export function importsFor(
  command: string,
  trace: string,
  { imported }: RunOptions,
  paths: readonly string[],
): readonly ImportedMember[] {
  if (imported === undefined) {
    if (paths.length === 0) return [];
    throw new UsageError(`detcd ${command}: --import: ${trace} was not recorded on imported directories.`);
  }
  if (paths.length === 0) {
    throw new UsageError(
      `detcd ${command}: ${trace} was recorded on imported directories; name them with --import DIR...: ${imported.map(recordText).join('; ')}.`,
    );
  }
  const found = readImports(command, paths);
  if (found.length !== imported.length) {
    throw new UsageError(
      `detcd ${command}: --import: ${trace} was recorded on ${plural(imported.length, 'directory', 'directories')}, got ${found.length}.`,
    );
  }
  found.forEach(({ path, directory }, i) => {
    const expected = recordText(imported[i] as ImportedRecord);
    const given = recordText(recordOf(directory));
    if (given === expected) return;
    throw new UsageError(
      `detcd ${command}: --import: ${path} is not what ${trace} was recorded on: expected ${expected}, found ${given}.`,
    );
  });
  return found;
}

export function recordText({ member, cluster, files, bytes, crc32c }: ImportedRecord): string {
  return `member ${member} of cluster ${cluster} with ${plural(files, 'file')}, ${grouped(bytes)} bytes, crc32c ${crc32c}`;
}
