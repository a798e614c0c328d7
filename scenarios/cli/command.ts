/** One subcommand of `detcd`. */
export interface Command {
  readonly name: string;
  /** One line for `detcd --help`. */
  readonly summary: string;
  readonly help: string;
  /** True: it answers `--help` itself, having commands of its own. */
  readonly tellsHelp?: boolean;
  /** Returns the exit code. Throws UsageError for a person's mistakes. */
  run(args: readonly string[]): number | Promise<number>;
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}
