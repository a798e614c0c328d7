import { assert } from '../../../base/assert.ts';
import type { FlagSpec } from './flag_spec.ts';
import { ValueError, parseBool, parseDuration, parseInt64 } from './go_values.ts';

/** What was given for the flags of one command; those that were not given have their standard value. */
export class FlagValues {
  private readonly specs: ReadonlyMap<string, FlagSpec>;
  private readonly given = new Map<string, string>();

  constructor(specs: readonly FlagSpec[]) {
    this.specs = new Map(specs.map((spec) => [spec.name, spec]));
  }

  spec(name: string): FlagSpec | undefined {
    return this.specs.get(name);
  }

  get all(): readonly FlagSpec[] {
    return [...this.specs.values()];
  }

  /** Takes a value from the command line or the environment; one for a list is added to it. Throws ValueError. */
  set(spec: FlagSpec, text: string): void {
    if (spec.kind === 'bool') parseBool(text);
    if (spec.kind === 'int' || spec.kind === 'int64') parseInt64(text);
    if (spec.kind === 'duration') parseDuration(text);
    const before = spec.kind === 'stringSlice' ? this.given.get(spec.name) : undefined;
    this.given.set(spec.name, before === undefined || before === '' ? text : `${before},${text}`);
  }

  isGiven(name: string): boolean {
    return this.given.has(name);
  }

  text(name: string): string {
    const spec = this.specs.get(name);
    assert(spec !== undefined, `there is no flag --${name}`);
    return this.given.get(name) ?? spec.standard;
  }

  isSet(name: string): boolean {
    return parseBool(this.text(name));
  }

  /** All 64 bits. */
  integer(name: string): bigint {
    return parseInt64(this.text(name));
  }

  /** An integer that counts something: beyond 2^53 it is as good as 2^53. */
  count(name: string): number {
    const value = this.integer(name);
    const max = BigInt(Number.MAX_SAFE_INTEGER);
    return Number(value > max ? max : value < -max ? -max : value);
  }

  durationMs(name: string): number {
    return parseDuration(this.text(name));
  }

  list(name: string): readonly string[] {
    return this.text(name)
      .split(',')
      .filter((part) => part !== '');
  }
}

/** The same, with an error that names the flag. */
export function setFlag(values: FlagValues, spec: FlagSpec, text: string): void {
  try {
    values.set(spec, text);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const name = spec.short === undefined ? `--${spec.name}` : `-${spec.short}, --${spec.name}`;
    throw new ValueError(`invalid argument ${JSON.stringify(text)} for "${name}" flag: ${error.message}`);
  }
}
