import { HistoryFormatError, excerpt, shortened } from './log_pairing.ts';

/** Reads the fields of an object out of JSON; every error names the line and the field's path. */
export class Fields {
  readonly line: number;
  private readonly path: string;
  private readonly object: Readonly<Record<string, unknown>>;

  constructor(line: number, path: string, value: unknown) {
    this.line = line;
    this.path = path;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new HistoryFormatError(
        line,
        path === '' ? 'a JSON object' : `field ${path} to be an object`,
        show(value),
      );
    }
    this.object = value as Readonly<Record<string, unknown>>;
  }

  /** `found`: in words, where the field's whole value would not tell. */
  fail(name: string, expected: string, found = show(this.object[name])): never {
    throw new HistoryFormatError(this.line, `field ${this.name(name)} to be ${expected}`, found);
  }

  private name(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }

  has(name: string): boolean {
    return this.object[name] !== undefined && this.object[name] !== null;
  }

  isNull(name: string): boolean {
    return this.object[name] === null;
  }

  /** A mistyped name must not pass as a field left out. */
  refuseOthers(names: readonly string[]): void {
    for (const name of Object.keys(this.object)) {
      if (!names.includes(name)) {
        throw new HistoryFormatError(
          this.line,
          `no field ${this.name(name)} (known: ${names.join(', ')})`,
          'one',
        );
      }
    }
  }

  text(name: string): string {
    const value = this.object[name];
    return typeof value === 'string' ? value : this.fail(name, 'a text');
  }

  integer(name: string): number {
    const value = this.object[name];
    return Number.isSafeInteger(value) ? (value as number) : this.fail(name, 'an integer');
  }

  flag(name: string): boolean {
    const value = this.object[name];
    return typeof value === 'boolean' ? value : this.fail(name, 'true or false');
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    const value = this.object[name];
    return choices.find((choice) => choice === value) ?? this.fail(name, `one of ${choices.join(', ')}`);
  }

  child(name: string): Fields {
    return new Fields(this.line, this.name(name), this.object[name]);
  }

  children(name: string): Fields[] {
    const value = this.object[name];
    if (!Array.isArray(value)) return this.fail(name, 'a list');
    return value.map((each, at) => new Fields(this.line, `${this.name(name)}[${at}]`, each));
  }

  /** Items of a list, read one by one; null from `read`: not what was expected. */
  list<Item>(name: string, expected: string, read: (value: unknown) => Item | null): Item[] {
    const value = this.object[name];
    if (!Array.isArray(value)) return this.fail(name, expected);
    return value.map((each) => read(each) ?? this.fail(name, expected));
  }

  /** `line 7: {"type":"use"}` */
  quote(): string {
    return `line ${this.line}: ${JSON.stringify(this.object)}`;
  }

  /** `[ns, sequence]` */
  moment(name: string): readonly [number, number] {
    const value = this.object[name];
    if (!Array.isArray(value) || value.length !== 2 || !value.every((each) => Number.isSafeInteger(each))) {
      return this.fail(name, 'two integers, [nanoseconds, sequence]');
    }
    return value as unknown as readonly [number, number];
  }

  // Left out of the result if the field is: these are spread into the object that is read.

  maybeText<Name extends string>(name: Name): { readonly [key in Name]?: string } {
    return (this.has(name) ? { [name]: this.text(name) } : {}) as { readonly [key in Name]?: string };
  }

  maybeInteger<Name extends string>(name: Name): { readonly [key in Name]?: number } {
    return (this.has(name) ? { [name]: this.integer(name) } : {}) as { readonly [key in Name]?: number };
  }

  maybeFlag<Name extends string>(name: Name): { readonly [key in Name]?: boolean } {
    return (this.has(name) ? { [name]: this.flag(name) } : {}) as { readonly [key in Name]?: boolean };
  }
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : shortened(JSON.stringify(value));
}

/** Parses one line of JSON. */
export function parseLine(line: number, text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // What a writer left behind that was ended in the middle of a line.
    const breaksOff = /^\s*\{/.test(text) && !/\}\s*$/.test(text);
    const found = breaksOff ? `one that breaks off: ${excerpt(text)}` : excerpt(text);
    throw new HistoryFormatError(line, breaksOff ? 'a whole JSON object' : 'a JSON object', found);
  }
  return new Fields(line, '', value);
}
