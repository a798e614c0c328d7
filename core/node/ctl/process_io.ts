import { createInterface } from 'node:readline';
import type { ReadStream } from 'node:tty';
import { type ByteString, fromBytes, fromText } from '../../base/bytes.ts';
import { CtlFailure, ctlExit } from './failure.ts';
import type { CtlIo } from './io.ts';

/** Reads standard input when somebody asks for it, and not before: a command that doesn't leaves it to others. */
class Input {
  private lines: string[] = [];
  private hasEnded = false;
  private isOpen = false;
  private waiting: ((line: string | null) => void) | null = null;

  private open(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    const reader = createInterface({ input: process.stdin, crlfDelay: Infinity });
    reader.on('line', (line) => {
      this.lines.push(line);
      this.pass();
    });
    reader.on('close', () => {
      this.hasEnded = true;
      this.pass();
    });
  }

  private pass(): void {
    if (this.waiting === null || (this.lines.length === 0 && !this.hasEnded)) return;
    const resolve = this.waiting;
    this.waiting = null;
    resolve(this.lines.shift() ?? null);
  }

  line(): Promise<string | null> {
    this.open();
    return new Promise((resolve) => {
      this.waiting = resolve;
      this.pass();
    });
  }

  async all(): Promise<ByteString> {
    const parts: Uint8Array[] = [];
    for await (const part of process.stdin) parts.push(part as Uint8Array);
    return fromBytes(Buffer.concat(parts));
  }
}

/** One character at a time, shown to nobody. */
function readSecret(prompt: string): Promise<string> {
  const input = process.stdin as ReadStream;
  process.stdout.write(prompt);
  if (!input.isTTY) {
    process.stdout.write('\n');
    return Promise.resolve('');
  }
  input.setRawMode(true);
  return new Promise((resolve, reject) => {
    let text = '';
    const end = (): void => {
      input.off('data', take);
      input.setRawMode(false);
      input.pause();
      process.stdout.write('\n');
    };
    const take = (part: Buffer): void => {
      for (const character of part.toString()) {
        if (character === '\r' || character === '\n' || character === '\u0004') {
          end();
          resolve(text);
          return;
        }
        if (character === '\u0003') {
          end();
          reject(new CtlFailure(ctlExit.interrupted, 'interrupted'));
          return;
        }
        text = character === '\u007f' ? text.slice(0, -1) : text + character;
      }
    };
    input.on('data', take);
  });
}

/** The process itself. */
export function processIo(): CtlIo {
  const input = new Input();
  let interrupted: Promise<void> | null = null;
  return {
    out: (bytes) => void process.stdout.write(Buffer.from(bytes, 'latin1')),
    err: (text) => void process.stderr.write(Buffer.from(fromText(text), 'latin1')),
    readLine: () => input.line(),
    readAll: () => input.all(),
    readSecret,
    environment: process.env,
    get interrupted() {
      // Who does not ask for it leaves the signals to Node, which ends the process.
      interrupted ??= new Promise((resolve) => {
        process.once('SIGINT', () => resolve());
        process.once('SIGTERM', () => resolve());
      });
      return interrupted;
    },
  };
}
