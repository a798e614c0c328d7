import type { Log, LogLevel } from '../../core/ports.ts';

const levelNames = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'NONE'] as const;
const silent = levelNames.length - 1;
const levelOf: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warning: 2, error: 3 };

/**
 * What a transcript's command prints: text of the runner and log lines of the nodes, indented where one
 * stands inside another.
 */
export class InteractionOutput implements Log {
  private text = '';
  private level: number = levelOf.debug;

  write(text: string): void {
    if (!this.isSilent) this.text += text;
  }

  enabled(level: LogLevel): boolean {
    return levelOf[level] >= this.level;
  }

  line(level: LogLevel, text: string): void {
    const number = levelOf[level];
    if (number >= this.level) this.write(`${levelNames[number] as string} ${text}\n`);
  }

  get isSilent(): boolean {
    return this.level === silent;
  }

  setLevel(name: string): void {
    const level = (levelNames as readonly string[]).indexOf(name.toUpperCase());
    if (level < 0) throw new Error(`log levels must be either of [${levelNames.join(' ')}]`);
    this.level = level;
  }

  /** Runs with another level. */
  withLevel(name: string, run: () => void): void {
    const before = this.level;
    this.setLevel(name);
    try {
      run();
    } finally {
      this.level = before;
    }
  }

  /** Indents every line that `run` prints. */
  indented(run: () => void): void {
    const before = this.text;
    this.text = '';
    try {
      run();
    } finally {
      const lines = this.text.split('\n');
      if (lines.at(-1) === '') lines.pop();
      this.text = before + lines.map((line) => `  ${line}\n`).join('');
    }
  }

  /** Everything since the last call. */
  take(): string {
    const text = this.text;
    this.text = '';
    return text;
  }
}
