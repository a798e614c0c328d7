/** A member as `detcd serve` runs it, in this process, on loopback and a directory of its own. */
import { rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { readFlags } from '../../core/node/config/read_flags.ts';
import { serveConfigOf } from '../../core/node/config/serve_config.ts';
import { type Served, serve } from '../../core/node/serve.ts';
import { scratchDirectory } from '../etcd_process.ts';

const readyMsMax = 15_000;

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface DetcdOptions {
  /** A data directory to start on, which stays; absent: a new one that goes with `end`. */
  readonly directory?: string;
  readonly args?: readonly string[];
  readonly scheme?: 'http' | 'https';
  readonly port?: number;
}

export class DetcdHere {
  readonly directory: string;
  readonly port: number;
  readonly url: string;
  readonly served: Served;
  readonly lines: readonly string[];
  private readonly owned: string | null;

  private constructor(
    parts: Pick<DetcdHere, 'directory' | 'port' | 'url' | 'served' | 'lines'>,
    owned: string | null,
  ) {
    this.directory = parts.directory;
    this.port = parts.port;
    this.url = parts.url;
    this.served = parts.served;
    this.lines = parts.lines;
    this.owned = owned;
  }

  /** Resolves when it says that it is ready. */
  static async start(options: DetcdOptions = {}): Promise<DetcdHere> {
    const owned = options.directory === undefined ? scratchDirectory() : null;
    const directory = options.directory ?? join(owned as string, 'data');
    const port = options.port ?? (await freePort());
    const url = `${options.scheme ?? 'http'}://127.0.0.1:${port}`;
    const lines: string[] = [];
    try {
      const config = serveConfigOf(readFlags(flagsOf(directory, url, options.args ?? []), {}).values);
      const served = await serve(config, {
        writeLog: (line) => void lines.push(line),
        onFailed: (reason) => void lines.push(`failed: ${reason}`),
      });
      const detcd = new DetcdHere({ directory, port, url, served, lines }, owned);
      await detcd.becomesReady();
      return detcd;
    } catch (error) {
      if (owned !== null) rmSync(owned, { recursive: true, force: true });
      throw error;
    }
  }

  private async becomesReady(): Promise<void> {
    const deadline = Date.now() + readyMsMax;
    while (!this.lines.some((line) => line.includes('ready to serve client requests'))) {
      if (Date.now() > deadline) throw new Error(`not ready:\n${this.lines.slice(-20).join('')}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  stop(): Promise<void> {
    return this.served.stop();
  }

  async end(): Promise<void> {
    await this.stop();
    if (this.owned !== null) rmSync(this.owned, { recursive: true, force: true });
  }
}

/** The flags of a member s1 that is alone, with its peer address where nobody listens. */
export function flagsOf(directory: string, url: string, more: readonly string[]): string[] {
  const peer = 'http://127.0.0.1:65001';
  return [
    '--name=s1',
    `--data-dir=${directory}`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    '--listen-peer-urls=http://127.0.0.1:0',
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=s1=${peer}`,
    ...more,
  ];
}

/** Starts one for `work`, and ends and removes it, whatever comes of that. */
export async function withDetcd<Result>(
  options: DetcdOptions,
  work: (detcd: DetcdHere) => Promise<Result>,
): Promise<Result> {
  const detcd = await DetcdHere.start(options);
  try {
    return await work(detcd);
  } finally {
    await detcd.end();
  }
}
