import type { Operation, Outcome } from './operation.ts';

/** A history file that can't be read: says where, what was expected and what was found. */
export class HistoryFormatError extends Error {
  override readonly name = 'HistoryFormatError';
  readonly line: number;
  readonly expected: string;
  readonly found: string;

  constructor(line: number, expected: string, found: string) {
    super(`line ${line}: expected ${expected}, found ${found}`);
    this.line = line;
    this.expected = expected;
    this.found = found;
  }
}

const excerptLength = 60;

/** A piece of a foreign line, short enough for an error. */
export function excerpt(text: string): string {
  // U+FFFD stands for bytes that are no UTF-8.
  if (/[\0\uFFFD]/.test(text.slice(0, excerptLength))) return 'bytes that are no text';
  return JSON.stringify(shortened(text));
}

export function shortened(text: string): string {
  return text.length > excerptLength ? `${text.slice(0, excerptLength)}...` : text;
}

interface Open<Input> {
  readonly id: number;
  readonly input: Input;
  readonly line: number;
}

/**
 * Joins the calls and answers of a log that has one event per line and no times: the line number, from 1, is both an event's
 * time and its sequence. A call without an answer is unknown.
 */
export class LogPairing<Input extends { readonly kind: string }, Output> {
  private readonly open = new Map<number, Open<Input>>();
  private readonly operations: Operation<Input, Output>[] = [];
  private calls = 0;

  call(line: number, process: number, input: Input): void {
    const other = this.open.get(process);
    if (other !== undefined) {
      throw new HistoryFormatError(
        line,
        `process ${process} to end its ${other.input.kind} of line ${other.line} first`,
        `another call, ${input.kind}`,
      );
    }
    this.open.set(process, { id: ++this.calls, input, line });
  }

  answer(line: number, process: number, kind: string, outcome: Outcome<Output>): void {
    const called = this.open.get(process);
    if (called?.input.kind !== kind) {
      const expected = `a call of ${kind} by process ${process} before its answer`;
      throw new HistoryFormatError(
        line,
        expected,
        called === undefined ? 'none' : `${called.input.kind} in line ${called.line}`,
      );
    }
    this.open.delete(process);
    this.add(process, called, line, outcome);
  }

  private add(process: number, called: Open<Input>, line: number | null, outcome: Outcome<Output>): void {
    this.operations.push({
      id: called.id,
      process,
      input: called.input,
      callNs: called.line,
      callSequence: called.line,
      returnNs: line,
      returnSequence: line,
      outcome,
    });
  }

  /** All operations in the order of their calls. */
  finish(): Operation<Input, Output>[] {
    for (const [process, called] of this.open) this.add(process, called, null, { status: 'unknown' });
    this.open.clear();
    return this.operations.sort((a, b) => a.id - b.id);
  }
}
