/** Runs the real etcdctl beside this process's event loop, which may be serving it. */
import { execFile, spawn } from 'node:child_process';

const timeoutMs = 20_000;

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export interface CtlOptions {
  readonly api?: '2' | '3';
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export function runEtcdctl(args: readonly string[], options: CtlOptions = {}): Promise<Ran> {
  const env = { ...process.env, ETCDCTL_API: options.api ?? '3', ...options.env };
  return new Promise((resolve) => {
    const child = execFile('etcdctl', [...args], { env, timeout: timeoutMs }, (error, out, err) => {
      resolve({ status: error === null ? 0 : Number(error.code ?? -1), out, err });
    });
    // It may end without reading.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input ?? '');
  });
}

/** Starts a command that goes on until it is ended; `during` runs when it has printed `begun`. */
export async function runMeanwhile(
  args: readonly string[],
  begun: string | null,
  during: () => Promise<unknown>,
  until: string,
): Promise<string> {
  const child = spawn('etcdctl', [...args], {
    env: { ...process.env, ETCDCTL_API: '3' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  const printed = async (text: string): Promise<void> => {
    const deadline = Date.now() + timeoutMs;
    while (!out.includes(text)) {
      if (Date.now() > deadline || child.exitCode !== null)
        throw new Error(`${args.join(' ')}: no "${text}" in:\n${out}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.stdout.on('data', (text: Buffer) => void (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => void (out += text.toString()));
  try {
    if (begun === null) await new Promise((resolve) => setTimeout(resolve, 300));
    else await printed(begun);
    await during();
    await printed(until);
  } finally {
    child.kill('SIGINT');
    await ended;
  }
  return out;
}
