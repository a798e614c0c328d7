import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dbPath, memberDirectory } from '../../server/paths.ts';
import { ConfigError } from '../config/config_error.ts';

const lockPath = `${memberDirectory}/detcd.lock`;
const heldStatus = 1;

/**
 * Keeps a second process off a data directory. The lock is flock(2)'s, which Node has no call for: the program `flock` takes it on a file that
 * this process has open, and ends; the lock belongs to the open file and lasts until this process closes it or is gone, however it ends. So
 * nothing can be left behind. The database file is locked in the same way, as etcd itself does it: a running etcd keeps detcd off, and
 * detcd keeps an etcd off, as long as the file is not replaced (a defragmentation, a snapshot).
 *
 * Without the program (it is part of util-linux) the lock file says who has it: its process id and when that process started.
 */
export class DataLock {
  private readonly root: string;
  private readonly descriptors: number[] = [];

  private constructor(root: string) {
    this.root = root;
  }

  /** Throws ConfigError if somebody has the directory, or it can't be written. */
  static take(root: string): DataLock {
    const lock = new DataLock(root);
    try {
      mkdirSync(join(root, memberDirectory), { recursive: true, mode: 0o700 });
      const holder = readHolder(join(root, lockPath));
      const isLocked = lock.lockFile(lockPath, 'a+');
      if (!isLocked && holder !== null && isRunning(holder)) throw heldError(root, `process ${holder.pid}`);
      writeFileSync(join(root, lockPath), JSON.stringify(ownProcess()));
      lock.lockDatabase();
    } catch (error) {
      lock.release();
      if (error instanceof ConfigError || !(error instanceof Error)) throw error;
      throw new ConfigError(`cannot access data directory: ${error.message}`);
    }
    return lock;
  }

  /** Call again when the member has made its database. */
  lockDatabase(): void {
    const found = statSync(join(this.root, dbPath), { throwIfNoEntry: false });
    const isKnown = this.descriptors.some((descriptor) => fstatSync(descriptor).ino === found?.ino);
    if (found !== undefined && !isKnown) this.lockFile(dbPath, 'r+');
  }

  /** False if there is no program to lock with. */
  private lockFile(path: string, flags: string): boolean {
    const descriptor = openSync(join(this.root, path), flags, 0o600);
    this.descriptors.push(descriptor);
    const { status, error } = spawnSync('flock', ['--exclusive', '--nonblock', '3'], {
      stdio: ['ignore', 'ignore', 'ignore', descriptor],
    });
    if (error !== undefined || (status !== 0 && status !== heldStatus)) return false;
    if (status === heldStatus) {
      throw heldError(this.root, `the holder of ${path}${holderText(readHolder(join(this.root, lockPath)))}`);
    }
    return true;
  }

  release(): void {
    for (const descriptor of this.descriptors.splice(0)) closeSync(descriptor);
  }
}

function heldError(root: string, holder: string): ConfigError {
  return new ConfigError(`the data directory ${root} is used by another process: ${holder}`);
}

interface Holder {
  readonly pid: number;
  /** Clock ticks from the machine's start to the process's; empty where the system does not tell. */
  readonly started: string;
}

function holderText(holder: Holder | null): string {
  return holder !== null && isRunning(holder) ? ` (process ${holder.pid})` : '';
}

function readHolder(path: string): Holder | null {
  try {
    const { pid, started } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder>;
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : null;
  } catch {
    return null;
  }
}

function ownProcess(): Holder {
  return { pid: process.pid, started: startOf(process.pid) ?? '' };
}

/** A process id is given out again: the time of its start tells whether it is the same one. */
function isRunning({ pid, started }: Holder): boolean {
  const now = startOf(pid);
  return pid !== process.pid && now !== null && (started === '' || now === '' || now === started);
}

/** Null: no such process. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Behind the name in brackets, which may hold anything, the 20th.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    try {
      process.kill(pid, 0);
      return '';
    } catch {
      return null;
    }
  }
}
