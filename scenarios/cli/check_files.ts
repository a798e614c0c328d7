import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { EtcdOperation } from '../../sim/checkers/history/etcd_operation.ts';
import type { WatchRecord } from '../../sim/checkers/history/etcd_history.ts';
import { HistoryFormatError } from '../../sim/checkers/history/log_pairing.ts';
import {
  joinClients,
  parseRobustnessOperations,
  parseRobustnessWatches,
} from '../../sim/checkers/history/robustness.ts';
import {
  type JudgeOptions,
  type Judgement,
  ModelError,
  type Recorded,
  judgeRecorded,
  parseRecorded,
} from '../../sim/checkers/judge.ts';
import { failureReason } from './failure_reason.ts';
import { UsageError } from './usage_error.ts';

export interface CheckedFile {
  readonly file: string;
  readonly judgement: Judgement;
}

/** Reads and judges one file, or one folder of reports of etcd's robustness suite. Every mistake is a UsageError that names the file. */
export function checkFile(path: string, options: JudgeOptions): CheckedFile {
  try {
    return {
      file: path,
      judgement: judgeRecorded(isFolder(path) ? readReports(path) : readFile(path), options),
    };
  } catch (error) {
    if (error instanceof ModelError) throw new UsageError(`${path}: ${error.message}`);
    throw error;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw new UsageError(`${path}: can't read it: ${failureReason(error)}`);
  }
}

function readFile(path: string): Recorded {
  return named(path, () => parseRecorded(readFileSync(path, 'utf8')));
}

function named<Result>(path: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof HistoryFormatError) throw new UsageError(`${path}: ${error.message}`);
    throw new UsageError(`${path}: can't read it: ${failureReason(error)}`);
  }
}

/** A report's folder holds a folder `client-N` per client; the one of a single client will do, too. */
function readReports(path: string): Recorded {
  const clients = readdirSync(path)
    .filter((name) => /^client-\d+$/.test(name))
    .sort((a, b) => Number(a.slice('client-'.length)) - Number(b.slice('client-'.length)));
  const folders =
    clients.length > 0
      ? clients.map((name) => [name, join(path, name)] as const)
      : [['client', path] as const];
  const operations: EtcdOperation[][] = [];
  const watches: WatchRecord[] = [];
  for (const [name, folder] of folders) {
    const [operationsFile, watchFile] = [join(folder, 'operations.json'), join(folder, 'watch.json')];
    if (existsSync(operationsFile)) {
      operations.push(
        named(operationsFile, () => parseRobustnessOperations(readFileSync(operationsFile, 'utf8'))),
      );
    }
    if (existsSync(watchFile)) {
      watches.push(...named(watchFile, () => parseRobustnessWatches(readFileSync(watchFile, 'utf8'), name)));
    }
  }
  if (operations.length === 0 && watches.length === 0) {
    throw new UsageError(
      `${path}: expected a report of etcd's robustness suite (client-N/operations.json), found none.`,
    );
  }
  const numbered = watches.map((watch, at) => ({ ...watch, id: at + 1 }));
  return {
    form: "etcd's robustness report",
    history: { operations: joinClients(operations), watches: numbered },
  };
}
