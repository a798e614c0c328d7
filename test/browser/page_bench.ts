import { readFileSync, readdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { syntheticRun } from '../viz/synthetic_trace.ts';
import { encodeRunFile } from '../../sim/trace/codec.ts';
import { jsonLines } from '../../sim/trace/json_lines.ts';
import { TestBrowser } from './browser.ts';
import { missingBrowser } from './chromium.ts';
import {
  measureCones,
  measureLoad,
  measureSearches,
  measureSeeks,
  measureSteps,
  measureZoom,
  memoryMb,
  percentile,
} from './page_bars.ts';
import { PageFiles, built } from './page_files.ts';

/** Every bar of the page against what it measures here: the best of three rounds, each with a page of its own. */
const rounds = 3;
/** Frames depend on all that the machine does meanwhile: of so many sweeps in a round, the median counts. */
const sweeps = 3;
const queries = ['type:append', 'node:n1 kind:deliver', 'key:x', 'drop:true t:1s..20s', 'leader'];

interface Bar {
  readonly name: string;
  readonly unit: string;
  readonly bar: number;
  readonly values: number[];
}

const bar = (name: string, unit: string, most: number): Bar => ({ name, unit, bar: most, values: [] });

const bars = {
  load: bar('load to first picture', 'ms', 1000),
  task: bar('longest task while loading', 'ms', 50),
  lines: bar('the same from JSON lines', 'ms', 5000),
  zoom95: bar('zoom sweep, frame p95', 'ms', 17.5),
  zoom99: bar('zoom sweep, frame p99', 'ms', 34),
  seek: bar('seek p95', 'ms', 50),
  step: bar('step p95', 'ms', 16),
  search: bar('search, the slowest of five', 'ms', 100),
  cone: bar('causal cone p95', 'ms', 50),
  memory: bar('memory', 'MB', 250),
};

async function round(browser: TestBrowser, home: string, events: number, durationNs: number): Promise<void> {
  const { page } = await browser.open(home);
  const link = 'trace=traces/bench.detcd';
  const { loadMs, longestTaskMs } = await measureLoad(page, link);
  bars.load.values.push(loadMs);
  bars.task.values.push(longestTaskMs);
  const frames: number[][] = [];
  // oxlint-disable-next-line no-await-in-loop
  for (let i = 0; i < sweeps; i++) frames.push(await measureZoom(page, durationNs));
  const median = (share: number): number =>
    percentile(
      frames.map((deltas) => percentile(deltas, share)),
      0.5,
    );
  bars.zoom95.values.push(median(0.95));
  bars.zoom99.values.push(median(0.99));
  bars.seek.values.push(percentile(await measureSeeks(page, link, events, durationNs), 0.95));
  bars.step.values.push(percentile(await measureSteps(page), 0.95));
  bars.search.values.push(Math.max(...(await measureSearches(page, queries))));
  bars.memory.values.push(await memoryMb(page));
  // After the memory: what cones share is made by the first, and kept.
  bars.cone.values.push(percentile(await measureCones(page, link, events), 0.95));
  await page.close();
  const { page: other } = await browser.open(home);
  bars.lines.values.push((await measureLoad(other, 'trace=traces/bench.jsonl.gz')).loadMs);
  await other.close();
}

interface Sizes {
  /** All that a browser fetches to show a trace: the document, the files that it names, and the worker that reads traces. */
  readonly showing: number;
  /** What it fetches when somebody asks for it: lessons, dialogs, saving, live runs, other ways to read a trace. */
  readonly asked: number;
  /** The worker that runs scenarios. */
  readonly simulator: number;
}

/** Kilobytes, each file gzipped by itself. */
function bundleKb(): Sizes {
  const kb = (file: string): number => gzipSync(readFileSync(join(built, file)), { level: 9 }).length / 1000;
  const html = readFileSync(join(built, 'index.html'), 'utf8');
  const named = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, file]) => file ?? '');
  if (named.length === 0) throw new Error(`expected ${join(built, 'index.html')} to name its files`);
  const all = readdirSync(join(built, 'assets')).map((file) => `assets/${file}`);
  const ofWorker = (name: string): string[] => all.filter((file) => file.startsWith(`assets/${name}-`));
  const [first, simulator] = [[...named, ...ofWorker('load_worker')], ofWorker('run_worker')];
  const sum = (files: readonly string[]): number => files.reduce((total, file) => total + kb(file), 0);
  return {
    showing: kb('index.html') + sum(first),
    asked: sum(all.filter((file) => !first.includes(file) && !simulator.includes(file))),
    simulator: sum(simulator),
  };
}

/** The run as the page and the command line export it: too long for one text. */
function linesOf(run: ReturnType<typeof syntheticRun>): Buffer {
  return Buffer.concat([...jsonLines(run)].map((piece) => Buffer.from(piece)));
}

async function main(): Promise<void> {
  if (missingBrowser !== null) throw new Error(missingBrowser);
  const events = Number(process.argv[2] ?? 1_000_000);
  const run = syntheticRun({ events });
  const files = new PageFiles();
  files.write('bench.detcd', gzipSync(encodeRunFile(run)));
  files.write('bench.jsonl.gz', gzipSync(linesOf(run)));
  const home = await files.serve();
  const browser = await TestBrowser.launch();
  const [busy = 0] = loadavg();
  process.stdout.write(
    `${events.toLocaleString('en-US')} events; ${cpus().length} cores, load ${busy.toFixed(1)} before the first round\n`,
  );
  try {
    for (let i = 0; i < rounds; i++) await round(browser, home, events, run.info.summary.virtualNs);
  } finally {
    await browser.close();
    await files.close();
  }
  const { showing, asked, simulator } = bundleKb();
  const size: Bar = { ...bar('bundle, gzipped', 'kB', 120), values: [showing] };
  for (const { name, unit, bar: most, values } of [...Object.values(bars), size]) {
    const best = Math.min(...values);
    const shown = `${best.toFixed(1)} ${unit}`.padStart(12);
    const all = values.map((value) => value.toFixed(1)).join(', ');
    process.stdout.write(
      `${best <= most ? 'ok  ' : 'MISS'} ${name.padEnd(28)}${shown}  bar ${most} ${unit}  (${all})\n`,
    );
  }
  process.stdout.write(
    `the bundle is all that is fetched to show a trace; on demand ${asked.toFixed(1)} kB more, the simulator ${simulator.toFixed(1)} kB\n`,
  );
}

await main();
