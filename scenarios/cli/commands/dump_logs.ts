import { DiskError } from '../../../core/ports.ts';
import { WalError } from '../../../core/wal/index.ts';
import { type Command, print, printJson } from '../command.ts';
import { findMember } from '../dump/data_directory.ts';
import { logsJson, logsText } from '../dump/logs_text.ts';
import { dumpSnaps } from '../dump/snap_dump.ts';
import { dumpWal } from '../dump/wal_dump.ts';
import { flagInteger, onePositional, parseFlags } from '../flags.ts';
import { styleFor } from '../format.ts';
import { UsageError, exitCodes } from '../usage_error.ts';

const name = 'dump-logs';

export const dumpLogs: Command = {
  name,
  summary: "print a member directory's log: ours or a real etcd's",
  help: `usage: detcd dump-logs DIR [options]

Prints the write-ahead log of a member: its files, snapshots, hard state and entries. DIR is a data directory, its member/ or its
member/wal. Nothing is changed. Passwords and their hashes are not shown; values of keys are.

  --from INDEX      begin with this entry
  --limit N         print N entries at most
  --json            print the result as JSON, with the entries' data in base64

exit codes: 0 the log and its snapshots are whole, 1 they are damaged (a torn tail counts), 2 a mistake on the command line`,
  run(args) {
    const parsed = parseFlags(name, args, { from: { type: 'string' }, limit: { type: 'string' } });
    const path = onePositional(name, parsed, 'a directory');
    const selection = {
      from: flagInteger(parsed, 'from', 0, Number.MAX_SAFE_INTEGER) ?? 0,
      limit: flagInteger(parsed, 'limit', 0, Number.MAX_SAFE_INTEGER) ?? Infinity,
    };
    const place = findMember(name, path);
    const wal = read(() => dumpWal(place.disk, place.wal));
    const { snap } = place;
    const snaps = snap === null ? [] : read(() => dumpSnaps(place.disk, snap, wal));
    const dump = { wal, snaps, selection };
    if (parsed.values['json'] === true) printJson(logsJson(dump));
    else print(logsText(dump, styleFor(process.stdout)));
    const whole = wal.damage === null && snaps.every(({ status }) => status !== 'damaged');
    return whole ? exitCodes.passed : exitCodes.violation;
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
