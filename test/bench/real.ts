/** `npm run bench:real`: the same client asks a real etcd 3.4 and `detcd serve` in turn; what one takes is told as a part of the other. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client, credentials } from '@grpc/grpc-js';
import { fromText } from '../../core/base/bytes.ts';
import { methodOf } from '../../core/node/grpc/method.ts';
import { rpcs } from '../../core/server/api/index.ts';

interface Figures {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface Load {
  readonly name: string;
  readonly method: 'put' | 'range';
  readonly clients: number;
}

const loads: readonly Load[] = [
  { name: 'put, 1 client', method: 'put', clients: 1 },
  { name: 'put, 64 clients', method: 'put', clients: 64 },
  { name: 'range, 1 client', method: 'range', clients: 1 },
  { name: 'range, 64 clients', method: 'range', clients: 64 },
];
const keys = 10_000;
const value = fromText('x'.repeat(100));

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A server in a process of its own, on a directory of its own on the disk. */
class Contestant {
  readonly name: string;
  readonly client: Client;
  private readonly child: ChildProcess;
  private readonly directory: string;

  private constructor(name: string, child: ChildProcess, directory: string, address: string) {
    this.name = name;
    this.child = child;
    this.directory = directory;
    this.client = new Client(address, credentials.createInsecure());
  }

  static async start(name: string, command: readonly string[]): Promise<Contestant> {
    const directory = mkdtempSync(join(tmpdir(), 'detcd-bench-'));
    const [url, peer] = [`127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
    const flags = [
      `--data-dir=${join(directory, 'data')}`,
      `--listen-client-urls=http://${url}`,
      `--advertise-client-urls=http://${url}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      '--log-level=error',
    ];
    const [program = '', ...args] = command;
    const child = spawn(program, [...args, ...flags], { stdio: 'ignore' });
    const made = new Contestant(name, child, directory, url);
    for (let tries = 0; tries < 300; tries++) {
      const health = await fetch(`http://${url}/health`).then(
        (answer) => answer.text(),
        () => '',
      );
      if (health.includes('"true"')) return made;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await made.end();
    throw new Error(`${name} did not start`);
  }

  ask(method: Load['method'], key: number): Promise<void> {
    const name = fromText(`key/${String(key).padStart(8, '0')}`);
    const { client } = this;
    return new Promise((resolve, reject) => {
      const done = (error: Error | null): void => (error === null ? resolve() : reject(error));
      if (method === 'put') {
        const { path, requestSerialize, responseDeserialize } = methodOf(rpcs.put, 'unary');
        client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { key: name, value }, done);
      } else {
        const { path, requestSerialize, responseDeserialize } = methodOf(rpcs.range, 'unary');
        client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { key: name }, done);
      }
    });
  }

  async run({ method, clients }: Load, ms: number): Promise<Figures> {
    const latencies: number[] = [];
    const begun = performance.now();
    let next = 0;
    const work = async (): Promise<void> => {
      for (let at = performance.now(); at - begun < ms;) {
        await this.ask(method, next++ % keys);
        const now = performance.now();
        latencies.push(now - at);
        at = now;
      }
    };
    await Promise.all(Array.from({ length: clients }, work));
    return figuresOf(latencies, performance.now() - begun);
  }

  async end(): Promise<void> {
    this.client.close();
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    if (this.child.exitCode === null) {
      this.child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function figuresOf(latencies: number[], ms: number): Figures {
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (part: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  return { perSecond: (sorted.length / ms) * 1000, p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** Of several runs the middle one, figure by figure. */
function middle(runs: readonly Figures[]): Figures {
  const of = (figure: keyof Figures): number =>
    runs.map((run) => run[figure]).toSorted((a, b) => a - b)[Math.floor(runs.length / 2)] ?? 0;
  return { perSecond: of('perSecond'), p50Ms: of('p50Ms'), p99Ms: of('p99Ms') };
}

const usage = `usage: npm run bench:real -- [--seconds N] [--rounds N]

Puts and ranges against a real etcd 3.4 (Debian: etcd-server) and \`detcd serve\`, both alone in their cluster, on the same disk, asked by the
same client, in turn. Prints the middle run of each, and detcd's part of etcd's throughput and its multiple of etcd's times.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '3' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const etcd = await Contestant.start('etcd', ['etcd']);
  const detcd = await Contestant.start('detcd', [
    process.execPath,
    join(process.cwd(), 'bin/detcd.mjs'),
    'serve',
  ]);
  process.stdout.write(`${cpus().length} cores, ${values.seconds} s a run, ${values.rounds} rounds\n`);
  try {
    for (const load of loads)
      await compare(load, etcd, detcd, Number(values.seconds) * 1000, Number(values.rounds));
  } finally {
    await Promise.all([etcd.end(), detcd.end()]);
  }
}

async function compare(
  load: Load,
  etcd: Contestant,
  detcd: Contestant,
  ms: number,
  rounds: number,
): Promise<void> {
  const found = new Map<Contestant, Figures[]>([
    [etcd, []],
    [detcd, []],
  ]);
  for (const contestant of found.keys()) await contestant.run(load, ms / 3);
  for (let round = 0; round < rounds; round++) {
    for (const [contestant, figures] of found) figures.push(await contestant.run(load, ms));
  }
  const [theirs, ours] = [middle(found.get(etcd) ?? []), middle(found.get(detcd) ?? [])];
  const line = (name: string, { perSecond, p50Ms, p99Ms }: Figures): string =>
    `  ${name.padEnd(6)} ${perSecond.toFixed(0).padStart(7)} /s   p50 ${p50Ms.toFixed(2)} ms   p99 ${p99Ms.toFixed(2)} ms`;
  const ratio = (a: number, b: number): string => (a / b).toFixed(2);
  process.stdout.write(
    [
      load.name,
      line('etcd', theirs),
      line('detcd', ours),
      `  throughput ${ratio(ours.perSecond, theirs.perSecond)} of etcd's, p50 ${ratio(ours.p50Ms, theirs.p50Ms)} times, p99 ${ratio(ours.p99Ms, theirs.p99Ms)} times etcd's\n`,
    ].join('\n'),
  );
}

await main();
