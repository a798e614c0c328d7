import { readFileSync, readdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { syntheticRun } from '../viz/synthetic_trace.ts';
import { encodeRunFile } from '../../sim/trace/codec.ts';
import { TestBrowser } from './browser.ts';
import { missingBrowser } from './chromium.ts';
import { measureLoad, measureSeeks, measureSteps, measureZoom, memoryMb, percentile } from './page_bars.ts';
import { PageFiles, built } from './page_files.ts';

/** `npm run bench:page [-- EVENTS]`: every bar of the page against what it measures here, the best of three rounds. */
const rounds = 3;

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
  memory: bar('memory', 'MB', 250),
};

async function round(browser: TestBrowser, home: string, events: number, durationNs: number): Promise<void> {
  const { page } = await browser.open(home);
  const link = 'trace=traces/bench.detcd';
  const { loadMs, longestTaskMs } = await measureLoad(page, link);
  bars.load.values.push(loadMs);
  bars.task.values.push(longestTaskMs);
  const frames = await measureZoom(page, durationNs);
  bars.zoom95.values.push(percentile(frames, 0.95));
  bars.zoom99.values.push(percentile(frames, 0.99));
  bars.seek.values.push(percentile(await measureSeeks(page, link, events, durationNs), 0.95));
  bars.step.values.push(percentile(await measureSteps(page), 0.95));
  bars.memory.values.push(await memoryMb(page));
  await page.close();
}

/** What a browser fetches to show a trace; the worker that runs scenarios is asked for only by live runs. */
function bundleKb(): number {
  const assets = readdirSync(join(built, 'assets')).filter((name) => !name.startsWith('run_worker'));
  const files = ['index.html', ...assets.map((name) => join('assets', name))];
  let bytes = 0;
  for (const file of files) bytes += gzipSync(readFileSync(join(built, file))).length;
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
