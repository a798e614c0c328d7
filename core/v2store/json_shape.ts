import { type ByteString, fromBytes, fromText, toText } from '../base/bytes.ts';

/** Bytes that are no snapshot of a v2 store. Says where, what was expected and what was found. */
export class V2SnapshotError extends Error {
  override readonly name = 'V2SnapshotError';

  constructor(where: string, expected: string, found: string) {
    super(`v2 store snapshot: ${where}: expected ${expected}, found ${found}`);
  }
}

const shownMax = 40;

/** How an unexpected value is named in an error. */
function described(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > shownMax ? `${text.slice(0, shownMax)}...` : text;
}

const ascii = /^[\0-\x7f]*$/;

/** A value out of JSON, with its place for errors. Absent fields and null read as the default that is given. */
export class JsonPlace {
  private readonly value: unknown;
  private readonly parent: JsonPlace | null;
  private readonly name: string;

  constructor(value: unknown, parent: JsonPlace | null = null, name = '') {
    this.value = value;
    this.parent = parent;
    this.name = name;
  }

  static parse(bytes: Uint8Array): JsonPlace {
    if (bytes.length === 0) throw new V2SnapshotError('the whole', 'JSON', 'no bytes');
    const text = fromBytes(bytes);
    try {
      return new JsonPlace(JSON.parse(ascii.test(text) ? text : toText(text)));
    } catch (error) {
      // The engine's own words differ between engines.
      if (!(error instanceof SyntaxError)) throw error;
      throw new V2SnapshotError('the whole', 'JSON', `${bytes.length} bytes that are none`);
    }
  }

  /** The names that lead here, as `Root.Children.a` or `Events[3]`. */
  get where(): string {
    const above = this.parent?.where ?? '';
    return above === '' || this.name.startsWith('[') ? above + this.name : `${above}.${this.name}`;
  }

  get isNull(): boolean {
    return this.value === null || this.value === undefined;
  }

  fail(expected: string): V2SnapshotError {
    return new V2SnapshotError(this.where === '' ? 'the whole' : this.where, expected, described(this.value));
  }

  field(name: string): JsonPlace {
    const object = this.object();
    return new JsonPlace(Object.hasOwn(object, name) ? object[name] : undefined, this, name);
  }

  /** The fields of an object, in no order that means anything. */
  fields(): readonly (readonly [ByteString, JsonPlace])[] {
    const entries = Object.entries(this.object());
    return entries.map(([name, value]) => [fromText(name), new JsonPlace(value, this, name)]);
  }

  items(): readonly JsonPlace[] {
    const { value } = this;
    if (!Array.isArray(value)) throw this.fail('a list');
    return value.map((item: unknown, at) => new JsonPlace(item, this, `[${at}]`));
  }

  text(otherwise: ByteString): ByteString {
    if (this.isNull) return otherwise;
    if (typeof this.value !== 'string') throw this.fail('a text');
    return fromText(this.value);
  }

  flag(): boolean {
    if (this.isNull) return false;
    if (typeof this.value !== 'boolean') throw this.fail('true or false');
    return this.value;
  }

  count(otherwise: number): number {
    const value = this.integer(otherwise);
    if (value < 0) throw this.fail('an integer from 0 to 2^53 - 1');
    return value;
  }

  integer(otherwise: number): number {
    if (this.isNull) return otherwise;
    if (typeof this.value !== 'number' || !Number.isSafeInteger(this.value)) {
      throw this.fail('an integer below 2^53');
    }
    return this.value;
  }

  private object(): Readonly<Record<string, unknown>> {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.fail('an object');
    return value as Readonly<Record<string, unknown>>;
  }
}
