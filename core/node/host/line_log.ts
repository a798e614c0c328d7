import type { NodeIdTable } from '../../base/node_ids.ts';
import type { Log, LogLevel } from '../../ports.ts';

const ranks: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warning: 2, error: 3 };
const letters: Readonly<Record<LogLevel, string>> = { debug: 'D', info: 'I', warning: 'W', error: 'E' };
const zapNames: Readonly<Record<LogLevel, string>> = {
  debug: 'debug',
  info: 'info',
  warning: 'warn',
  error: 'error',
};

/** The two forms of etcd 3.4: lines for people, or one JSON object a line. */
export type LogForm = 'capnslog' | 'zap';

export interface LineLogOptions {
  readonly level: LogLevel;
  readonly form: LogForm;
  /** Members' numbers of this process, which raft's lines name: they are shown as what they stand for. */
  readonly ids: Pick<NodeIdTable, 'entries'>;
  write(line: string): void;
}

/** Lines with a time and a level, from the given level on. */
export class LineLog implements Log {
  private readonly options: LineLogOptions;

  constructor(options: LineLogOptions) {
    this.options = options;
  }

  enabled(level: LogLevel): boolean {
    return ranks[level] >= ranks[this.options.level];
  }

  line(level: LogLevel, text: string): void {
    if (!this.enabled(level)) return;
    const time = new Date().toISOString();
    const { form } = this.options;
    const shown = this.withForeignIds(text);
    if (form === 'zap')
      this.options.write(`${JSON.stringify({ level: zapNames[level], ts: time, msg: shown })}\n`);
    else this.options.write(`${time.replace('T', ' ').replace('Z', '')} ${letters[level]} | ${shown}\n`);
  }

  private withForeignIds(text: string): string {
    let shown = text;
    for (const { local, foreign } of this.options.ids.entries()) {
      // In hexadecimal where raft names a member, in decimal where it lists them.
      shown = shown.replaceAll(local.toString(16), foreign.toString(16));
      shown = shown.replaceAll(String(local), String(foreign));
    }
    return shown;
  }
}
