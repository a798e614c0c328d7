import { randomBytes } from 'node:crypto';
import { fromBytes, fromText } from '../../../base/bytes.ts';
import { CallFailure, type CtlClient } from '../client/ctl_client.ts';
import type { Ctl } from '../command.ts';
import { goDuration } from '../output/go_text.ts';

/** What a check writes. */
export interface CheckLoad {
  /** Who write at the same time. */
  readonly writers: number;
  readonly valueBytes: number;
  /** At most so many a second; Infinity: as fast as it goes. */
  readonly writesPerSecond: number;
  /** It ends after so many writes, or when the time is up. */
  readonly writes: number;
  readonly durationMs: number;
}

const minuteMs = 60_000;

function perf(writesPerSecond: number, writers: number): CheckLoad {
  return { writers, valueBytes: 1024, writesPerSecond, writes: Infinity, durationMs: minuteMs };
}

function data(writes: number, writers: number): CheckLoad {
  return { writers, valueBytes: 1024, writesPerSecond: Infinity, writes, durationMs: Infinity };
}

/** etcdctl's. */
export const perfLoads: Readonly<Record<string, CheckLoad>> = {
  s: perf(150, 50),
  m: perf(1000, 200),
  l: perf(8000, 500),
  xl: perf(15_000, 1000),
};

export const dataLoads: Readonly<Record<string, CheckLoad>> = {
  s: data(10_000, 50),
  m: data(100_000, 100),
  l: data(1_000_000, 500),
  xl: data(3_000_000, 1000),
};

export interface LoadResult {
  readonly tookMs: number;
  /** Of the writes that succeeded. */
  readonly latenciesMs: readonly number[];
  /** How often a write failed for each reason. */
  readonly failures: ReadonlyMap<string, number>;
}

/** HTTP/2 takes about a hundred requests at a time on one connection. */
const writersPerConnection = 50;
const barEveryMs = 200;
const millisecondsPerSecond = 1000;

/** Writes, and draws how far it is. */
export async function runLoad(ctl: Ctl, prefix: string, load: CheckLoad): Promise<LoadResult> {
  const clients: CtlClient[] = [];
  for (let count = 0; count < load.writers; count += writersPerConnection) clients.push(await ctl.connect());
  const startedMs = performance.now();
  const elapsedMs = (): number => performance.now() - startedMs;
  const latenciesMs: number[] = [];
  const failures = new Map<string, number>();
  let begun = 0;
  const write = async (writer: number): Promise<void> => {
    const client = clients[Math.floor(writer / writersPerConnection)] as CtlClient;
    while (begun < load.writes) {
      const number = begun++;
      const dueMs = (number * millisecondsPerSecond) / load.writesPerSecond;
      if (dueMs >= load.durationMs) return;
      if (dueMs > elapsedMs()) await new Promise((resolve) => setTimeout(resolve, dueMs - elapsedMs()));
      if (elapsedMs() >= load.durationMs) return;
      const value = fromBytes(randomBytes(load.valueBytes));
      const sentMs = performance.now();
      try {
        await client.call('put', { key: fromText(`${prefix}${number}`), value });
        latenciesMs.push(performance.now() - sentMs);
      } catch (error) {
        if (!(error instanceof CallFailure)) throw error;
        failures.set(error.message, (failures.get(error.message) ?? 0) + 1);
      }
    }
  };
  const bar = progressBar(ctl, load, elapsedMs, () => latenciesMs.length);
  const timer = setInterval(() => bar(false), barEveryMs);
  try {
    await Promise.all(Array.from({ length: load.writers }, (_, writer) => write(writer)));
  } finally {
    clearInterval(timer);
    for (const client of clients) client.close();
  }
  bar(true);
  return { tookMs: elapsedMs(), latenciesMs, failures };
}

/** ` 3 / 60    5.00% 00m57s`: seconds, or writes if their number is given. */
function progressBar(
  ctl: Ctl,
  load: CheckLoad,
  elapsedMs: () => number,
  writes: () => number,
): (isLast: boolean) => void {
  const isTimed = Number.isFinite(load.durationMs);
  const all = isTimed ? load.durationMs / millisecondsPerSecond : load.writes;
  return (isLast) => {
    const soFar = isTimed ? Math.floor(elapsedMs() / millisecondsPerSecond) : writes();
    const count = isLast ? all : Math.min(all, soFar);
    const percent = ((count * 100) / all).toFixed(2).padStart(7);
    const seconds = Math.round(elapsedMs() / millisecondsPerSecond);
    const end = isLast ? ` ${goDuration(seconds * millisecondsPerSecond)}\n` : '';
    ctl.io.out(fromText(`\r ${count} / ${all} ${percent}%${end}`));
  };
}
