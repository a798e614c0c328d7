import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { syntheticRun } from '../viz/synthetic_trace.ts';
import { encodeRunFile } from '../../sim/trace/codec.ts';
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
}

/** What a browser fetches to show a trace: the document and the files that it names. Workers and lessons are fetched when asked for. */
function bundleKb(): number {
  const html = readFileSync(join(built, 'index.html'), 'utf8');
  const named = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, file]) => file ?? '');
  if (named.length === 0) throw new Error(`expected ${join(built, 'index.html')} to name its files`);
  let bytes = 0;
  for (const file of ['index.html', ...named])
    bytes += gzipSync(readFileSync(join(built, file)), { level: 9 }).length;
  return bytes / 1000;
}

async function main(): Promise<void> {
  if (missingBrowser !== null) throw new Error(missingBrowser);
  const events = Number(process.argv[2] ?? 1_000_000);
  const run = syntheticRun({ events });
  const files = new PageFiles();
  files.write('bench.detcd', gzipSync(encodeRunFile(run)));
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
  const size: Bar = { ...bar('bundle, gzipped', 'kB', 120), values: [bundleKb()] };
  for (const { name, unit, bar: most, values } of [...Object.values(bars), size]) {
    const best = Math.min(...values);
    const shown = `${best.toFixed(1)} ${unit}`.padStart(12);
    const all = values.map((value) => value.toFixed(1)).join(', ');
    process.stdout.write(
      `${best <= most ? 'ok  ' : 'MISS'} ${name.padEnd(28)}${shown}  bar ${most} ${unit}  (${all})\n`,
    );
  }
}

await main();
