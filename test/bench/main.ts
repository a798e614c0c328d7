import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { version } from '../../core/version.ts';
import { benchBackend } from './backend.ts';
import { benchCheckers } from './checkers.ts';
import { type Figure, isMet } from './measure.ts';
import { benchMvcc } from './mvcc.ts';
import { benchRaft } from './raft.ts';
import { benchServer } from './server.ts';
import { benchSim } from './sim.ts';
import { benchStorage } from './storage.ts';
import { benchWal } from './wal.ts';
import { benchWatch } from './watch.ts';

const benches: Readonly<Record<string, () => Iterable<Figure> | Promise<Iterable<Figure>>>> = {
  sim: benchSim,
  raft: benchRaft,
  wal: benchWal,
  backend: benchBackend,
  storage: benchStorage,
  mvcc: benchMvcc,
  server: benchServer,
  watch: benchWatch,
  checkers: benchCheckers,
};

const usage = `usage: npm run bench -- [${Object.keys(benches).join('|')}]... [--out FILE] [--require-bars]

Prints the figures and writes them as JSON (default runs/bench.json). With --require-bars a figure that misses its bar fails.`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      out: { type: 'string', default: 'runs/bench.json' },
      'require-bars': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const unknown = positionals.filter((name) => benches[name] === undefined);
  if (values.help === true || unknown.length > 0) {
    process.stderr.write(
      `${unknown.length > 0 ? `there is no benchmark "${unknown.join(' ')}"\n\n` : ''}${usage}\n`,
    );
    return unknown.length > 0 ? 2 : 0;
  }
  const chosen = positionals.length > 0 ? positionals : Object.keys(benches);
  const figures: (Figure & { readonly room: string })[] = [];
  for (const room of chosen) {
    for (const found of (await benches[room]?.()) ?? []) {
      const figure = { room, ...found };
      figures.push(figure);
      process.stdout.write(`${line(figure)}\n`);
    }
  }
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length };
  mkdirSync(dirname(values.out), { recursive: true });
  writeFileSync(values.out, `${JSON.stringify({ detcd: version, machine, figures }, null, 2)}\n`);
  process.stdout.write(`written to ${values.out}\n`);
  const missed = figures.filter((figure) => !isMet(figure));
  if (missed.length > 0) process.stdout.write(`bars missed: ${missed.map(({ name }) => name).join('; ')}\n`);
  return values['require-bars'] === true && missed.length > 0 ? 1 : 0;
}

function line(figure: Figure & { readonly room: string }): string {
  const { room, name, unit, value, bar, lower = false } = figure;
  const digits = value >= 100 ? 0 : value >= 1 ? 1 : 3;
  const text = value.toFixed(digits).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  const told = `${lower ? 'at most' : 'bar'} ${bar}: ${isMet(figure) ? 'met' : 'MISSED'}`;
  const mark = bar === undefined ? '' : `  (${told})`;
  return `${room.padEnd(9)} ${name.padEnd(72)} ${text.padStart(14)} ${unit}${mark}`;
}

process.exitCode = await main();
