import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { guardOf } from '../etcd_process.ts';

const program = fileURLToPath(new URL('../../bin/detcd.mjs', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly log: string;
}

/** `detcd serve` as a person starts it: the built program, in a process of its own. */
export class ServeProcess {
  private readonly child: ChildProcess;
  private readonly ended: Promise<Ended>;
  private log = '';

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, [program, 'serve', ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...env },
    });
    const guard = guardOf(this.child, '');
    this.child.stderr?.on('data', (text: Buffer) => void (this.log += text.toString()));
    this.ended = new Promise((resolve) =>
      this.child.once('close', (code) => {
        guard.kill('SIGKILL');
        resolve({ code, log: this.log });
      }),
    );
  }

  async isReady(): Promise<void> {
    const deadline = Date.now() + 20_000;
    while (!this.log.includes('ready to serve client requests')) {
      if (Date.now() > deadline || this.child.exitCode !== null) throw new Error(this.log);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  end(signal?: NodeJS.Signals): Promise<Ended> {
    if (signal !== undefined) this.child.kill(signal);
    return this.ended;
  }
}
