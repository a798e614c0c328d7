import { HistoryFormatError, excerpt } from './log_pairing.ts';

/** What Jepsen writes of EDN: keywords and symbols are texts with their colon, lists and vectors are arrays. */
export type Edn =
  null | boolean | number | string | { readonly text: string } | readonly Edn[] | ReadonlyMap<string, Edn>;

/** Reads one value. Throws HistoryFormatError. */
export function parseEdn(line: number, text: string): Edn {
  const reader = new EdnReader(line, text);
  const value = reader.value();
  reader.end();
  return value;
}

const closing: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' };

class EdnReader {
  private readonly line: number;
  private readonly text: string;
  private at = 0;

  constructor(line: number, text: string) {
    this.line = line;
    this.text = text;
  }

  private fail(expected: string): never {
    const rest = this.text.slice(this.at);
    throw new HistoryFormatError(this.line, expected, rest === '' ? 'the end of the line' : excerpt(rest));
  }

  private skip(): string {
    while (/[\s,]/.test(this.text[this.at] ?? '')) this.at++;
    return this.text[this.at] ?? '';
  }

  end(): void {
    if (this.skip() !== '') this.fail('the end of the line');
  }

  value(): Edn {
    const next = this.skip();
    if (next === '"') return this.string();
    if (next === '[' || next === '(') return this.items(closing[next] as string);
    if (next === '{') return this.map();
    if (next === '#') return this.tagged();
    return this.atom();
  }

  private items(end: string): Edn[] {
    this.at++;
    const items: Edn[] = [];
    while (this.skip() !== end) {
      if (this.at >= this.text.length) this.fail(`"${end}"`);
      items.push(this.value());
    }
    this.at++;
    return items;
  }

  private map(): Map<string, Edn> {
    const items = this.items('}');
    const map = new Map<string, Edn>();
    if (items.length % 2 === 1) this.fail('a value for each key of a map');
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i] as Edn;
      map.set(typeof key === 'string' ? key : JSON.stringify(key), items[i + 1] as Edn);
    }
    return map;
  }

  /** `#jepsen.history.Op{...}` is its map. */
  private tagged(): Edn {
    const tag = /^#[\w./-]*/.exec(this.text.slice(this.at)) as RegExpExecArray;
    this.at += tag[0].length;
    if (tag[0] === '#') return this.items('}');
    return this.value();
  }

  private string(): { text: string } {
    const match = /^"(?:[^"\\]|\\.)*"/.exec(this.text.slice(this.at));
    if (match === null) this.fail('the end of a string');
    this.at += match[0].length;
    try {
      return { text: JSON.parse(match[0]) as string };
    } catch {
      return this.fail('a string literal');
    }
  }

  private atom(): Edn {
    const match = /^[^\s,()[\]{}"]+/.exec(this.text.slice(this.at));
    if (match === null) this.fail('a value');
    const [word] = match;
    this.at += word.length;
    if (word === 'nil') return null;
    if (word === 'true' || word === 'false') return word === 'true';
    const number = /^-?\d+(?:\.\d+)?N?$/.test(word) ? Number(word.replace('N', '')) : null;
    return number ?? word;
  }
}
