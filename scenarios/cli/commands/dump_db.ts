import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { DiskError } from '../../../core/ports.ts';
import { ReadOnlyDisk } from '../../../core/node/read_only_disk.ts';
import { type Command, print, printJson } from '../command.ts';
import { type DbDump, dumpDb, dumpPairs } from '../dump/db_dump.ts';
import { dbJson, dbText, pairsJson, pairsText } from '../dump/db_text.ts';
import { flagInteger, parseFlags } from '../flags.ts';
import { styleFor } from '../format.ts';
import { UsageError, exitCodes } from '../usage_error.ts';

const name = 'dump-db';

export const dumpDatabase: Command = {
  name,
  summary: "print a member's database or one of its buckets: ours or a real etcd's",
  help: `usage: detcd dump-db FILE [BUCKET] [options]

Prints a database file (member/snap/db, or a snapshot that etcdctl saved): its meta pages, pages and buckets; with BUCKET its pairs.
FILE may also be a data directory. Nothing is changed. Password hashes are not shown; values of keys are.

  --limit N         print N pairs at most
  --json            print the result as JSON, with keys and values in base64

exit codes: 0 the file is whole, 1 it is damaged, 2 a mistake on the command line`,
  run(args) {
    const parsed = parseFlags(name, args, { limit: { type: 'string' } });
    const [path, bucket, ...more] = parsed.positionals;
    if (path === undefined) throw new UsageError(`detcd ${name}: expected a database file, got nothing.`);
    if (more.length > 0) {
      throw new UsageError(`detcd ${name}: expected only a file and a bucket, got also "${more.join(' ')}".`);
    }
    const limit = flagInteger(parsed, 'limit', 0, Number.MAX_SAFE_INTEGER) ?? Infinity;
    const file = readFile(path);
    const dump = dumpDb(file);
    const json = parsed.values['json'] === true;
    const style = styleFor(process.stdout);
    const exitCode = dump.damage === null ? exitCodes.passed : exitCodes.violation;
    if (bucket === undefined || dump.pages === null) {
      if (json) printJson(dbJson(dump));
      else print(dbText(dump, style));
      return exitCode;
    }
    const pairs = dumpPairs(file, bucket, limit) ?? [];
    const total = bucketSize(dump, bucket, path);
    if (json) printJson(pairsJson(bucket, pairs, total));
    else print(pairsText(bucket, pairs, total, style));
    return exitCode;
  },
};

function bucketSize({ buckets }: DbDump, wanted: string, path: string): number {
  const found = buckets.find((bucket) => bucket.name === wanted);
  if (found !== undefined) return found.keys;
  const known = buckets.map((bucket) => bucket.name).join(', ');
  const has = known === '' ? 'It has none.' : `It has: ${known}.`;
  throw new UsageError(`detcd ${name}: ${path} has no bucket "${wanted}". ${has}`);
}

/** Where the database is in a data directory, its `member`, or its `member/snap`. */
const places = ['member/snap/db', 'snap/db', 'db'] as const;

function readFile(path: string): Uint8Array {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(`detcd ${name}: ${path}: no such file or directory.`);
  const isDirectory = found.isDirectory();
  const disk = new ReadOnlyDisk(isDirectory ? path : dirname(path));
  const inside = isDirectory ? places.find((place) => disk.sizeBytes(place) >= 0) : basename(path);
  if (inside === undefined) {
    throw new UsageError(
      `detcd ${name}: ${path}: expected a database file or a data directory with member/snap/db.`,
    );
  }
  try {
    return disk.read(inside, 0, disk.sizeBytes(inside));
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    throw new UsageError(`detcd ${name}: ${path}: ${error.message}`);
  }
}
