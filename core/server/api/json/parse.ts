/**
 * A JSON reader that keeps what JSON.parse loses: integers of 64 bits come out as bigints, whole, and what is wrong is told with its
 * place.
 */
export class JsonError extends Error {
  override readonly name = 'JsonError';
}

export type JsonObject = ReadonlyMap<string, JsonValue>;

/** A number with a fraction or an exponent is a `number`, any other a `bigint`. */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;

/** Deeper texts are refused before they exhaust the stack. */
const depthMax = 1024;

/** Throws JsonError. */
export function parseJson(text: string): JsonValue {
  return new Parser(text).document();
}

class Parser {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  document(): JsonValue {
    const value = this.value(0);
    this.space();
    if (this.at < this.text.length) throw this.error('something behind the value');
    return value;
  }

  private error(what: string): JsonError {
    return new JsonError(`JSON at character ${this.at}: ${what}`);
  }

  private space(): void {
    while (this.at < this.text.length && ' \t\n\r'.includes(this.text.charAt(this.at))) this.at++;
  }

  private take(character: string): boolean {
    this.space();
    if (this.text.charAt(this.at) !== character) return false;
    this.at++;
    return true;
  }

  private expect(character: string): void {
    if (!this.take(character)) throw this.error(`expected ${character}`);
  }

  private value(depth: number): JsonValue {
    if (depth > depthMax) throw this.error(`nested deeper than ${depthMax}`);
    if (this.take('{')) return this.object(depth);
    if (this.take('[')) return this.array(depth);
    if (this.take('"')) return this.string();
    for (const [word, value] of words) {
      if (!this.text.startsWith(word, this.at)) continue;
      this.at += word.length;
      return value;
    }
    return this.number();
  }

  private object(depth: number): JsonObject {
    const members = new Map<string, JsonValue>();
    if (this.take('}')) return members;
    do {
      this.expect('"');
      const name = this.string();
      this.expect(':');
      members.set(name, this.value(depth + 1));
    } while (this.take(','));
    this.expect('}');
    return members;
  }

  private array(depth: number): readonly JsonValue[] {
    const elements: JsonValue[] = [];
    if (this.take(']')) return elements;
    do elements.push(this.value(depth + 1));
    while (this.take(','));
    this.expect(']');
    return elements;
  }

  private number(): number | bigint {
    numberPattern.lastIndex = this.at;
    const match = numberPattern.exec(this.text);
    if (match === null) throw this.error(this.at < this.text.length ? 'expected a value' : 'unexpected end');
    this.at = numberPattern.lastIndex;
    const [digits, fraction] = match;
    return fraction === '' ? BigInt(digits) : Number(digits);
  }

  /** What follows an opening quote. */
  private string(): string {
    let out = '';
    for (;;) {
      const character = this.text.charAt(this.at++);
      if (character === '"') return out;
      if (character === '' || character < ' ') {
        this.at--;
        throw this.error(character === '' ? 'unexpected end' : 'control character in a string');
      }
      out += character === '\\' ? this.escape() : character;
    }
  }

  private escape(): string {
    const letter = this.text.charAt(this.at++);
    const plain = escapes.get(letter);
    if (plain !== undefined) return plain;
    const hex = this.text.slice(this.at, this.at + 4);
    if (letter !== 'u' || !/^[0-9a-fA-F]{4}$/.test(hex)) throw this.error('unknown escape in a string');
    this.at += 4;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }
}

const words: readonly (readonly [string, null | boolean])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
];

const numberPattern = /-?(?:0|[1-9]\d*)((?:\.\d+)?(?:[eE][+-]?\d+)?)/y;

const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);
