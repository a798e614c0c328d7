/** Runs a command line through etcdctl, or through `detcd ctl`, in this process or in one of its own. */
import { spawn } from 'node:child_process';
import { type ByteString, fromText } from '../../core/base/bytes.ts';
import type { CtlIo } from '../../core/node/ctl/io.ts';
import { runCtl } from '../../core/node/ctl/run_ctl.ts';
import { bin } from '../cli/run_here.ts';
import { type Ran, runEtcdctl } from '../serve/etcdctl.ts';

export type Program = 'etcdctl' | 'detcd ctl';
export const programs: readonly Program[] = ['etcdctl', 'detcd ctl'];

const waitMsMax = 20_000;

export interface Given {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What a command sees instead of a process; `interrupted` never comes. */
export function scriptedIo({ input = '', env = {} }: Given, out: string[], err: string[]): CtlIo {
  const lines = input.split('\n');
  // The text behind the last line's end is no line.
  if (lines.at(-1) === '') lines.pop();
  return {
    out: (bytes) => void out.push(Buffer.from(bytes, 'latin1').toString()),
    err: (text) => void err.push(text),
    readLine: () => Promise.resolve(lines.shift() ?? null),
    readAll: () => Promise.resolve(fromText(input) satisfies ByteString),
    readSecret: (prompt) => {
      out.push(`${prompt}\n`);
      return Promise.resolve('');
    },
    environment: env,
    interrupted: new Promise(() => undefined),
  };
}

export async function runHere(args: readonly string[], given: Given = {}): Promise<Ran> {
  const [out, err]: [string[], string[]] = [[], []];
  const status = await runCtl(args, scriptedIo(given, out, err));
  return { status, out: out.join(''), err: err.join('') };
}

export function runWith(program: Program, args: readonly string[], given: Given = {}): Promise<Ran> {
  return program === 'etcdctl' ? runEtcdctl(args, given) : runHere(args, given);
}

/** A command in a process of its own, which goes on until it is ended. */
export class Lasting {
  out = '';
  err = '';
  private readonly child;
  private readonly ended: Promise<number>;

  constructor(program: Program, args: readonly string[], given: Given = {}) {
    const env = { ...process.env, ETCDCTL_API: '3', ...given.env };
    const stdio = ['pipe', 'pipe', 'pipe'] as const;
    this.child =
      program === 'etcdctl'
        ? spawn('etcdctl', [...args], { env, stdio: [...stdio] })
        : spawn(process.execPath, [bin, 'ctl', ...args], { env, stdio: [...stdio] });
    this.ended = new Promise((resolve) =>
      this.child.once('close', (code, signal) => resolve(code ?? (signal === null ? -1 : -2))),
    );
    this.child.stdin?.on('error', () => undefined);
    if (given.input !== undefined) this.child.stdin?.write(given.input);
    this.child.stdout?.on('data', (text: Buffer) => void (this.out += text.toString()));
    this.child.stderr?.on('data', (text: Buffer) => void (this.err += text.toString()));
  }

  /** Resolves when its output has this in it, or it has ended. */
  async prints(text: string): Promise<void> {
    const deadline = Date.now() + waitMsMax;
    while (!this.out.includes(text) && !this.err.includes(text)) {
      if (Date.now() > deadline) throw new Error(`no "${text}" in:\n${this.out}${this.err}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Its exit code. */
  end(signal?: NodeJS.Signals): Promise<number> {
    if (signal !== undefined) this.child.kill(signal);
    return this.ended;
  }
}
