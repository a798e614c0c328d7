/** Values as Go reads them, with the words of its errors. */

/** Why a text is no such value; the reader says what was expected. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
}

const int64Min = -(2n ** 63n);
const int64Max = 2n ** 63n - 1n;
const uint64Max = 2n ** 64n - 1n;

function quoted(text: string): string {
  return JSON.stringify(text);
}

function parseDigits(text: string, radix: 10 | 16, reader: string): bigint {
  const match = (radix === 10 ? /^([+-]?)(\d+)$/ : /^([+-]?)([0-9a-fA-F]+)$/).exec(text);
  if (match === null) throw new ValueError(`strconv.${reader}: parsing ${quoted(text)}: invalid syntax`);
  const magnitude = BigInt((radix === 10 ? '' : '0x') + (match[2] as string));
  return match[1] === '-' ? -magnitude : magnitude;
}

function within(value: bigint, min: bigint, max: bigint, text: string, reader: string): bigint {
  if (value >= min && value <= max) return value;
  throw new ValueError(`strconv.${reader}: parsing ${quoted(text)}: value out of range`);
}

/** Throws ValueError. */
export function parseInt64(text: string, radix: 10 | 16 = 10): bigint {
  return within(parseDigits(text, radix, 'ParseInt'), int64Min, int64Max, text, 'ParseInt');
}

/** Throws ValueError. */
export function parseUint64(text: string, radix: 10 | 16 = 10): bigint {
  if (text.startsWith('-') || text.startsWith('+'))
    throw new ValueError(`strconv.ParseUint: parsing ${quoted(text)}: invalid syntax`);
  return within(parseDigits(text, radix, 'ParseUint'), 0n, uint64Max, text, 'ParseUint');
}

const words: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((word) => [word, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((word) => [word, false] as const),
]);

/** Throws ValueError. */
export function parseBool(text: string): boolean {
  const value = words.get(text);
  if (value === undefined) throw new ValueError(`strconv.ParseBool: parsing ${quoted(text)}: invalid syntax`);
  return value;
}

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a text such as `1m30s` or `250ms`. Throws ValueError. */
export function parseDuration(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const body = text.replace(/^[+-]/, '');
  if (body === '0') return 0;
  const parts = [...body.matchAll(/(\d+\.?\d*|\.\d+)([a-zµμ]+)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== body) {
    if (/^[\d.]+$/.test(body)) throw new ValueError(`time: missing unit in duration ${quoted(text)}`);
    throw new ValueError(`time: invalid duration ${quoted(text)}`);
  }
  let ms = 0;
  for (const [, number = '', unit = ''] of parts) {
    const factor = unitMs[unit];
    if (factor === undefined)
      throw new ValueError(`time: unknown unit ${quoted(unit)} in duration ${quoted(text)}`);
    ms += Number(number) * factor;
  }
  return sign * ms;
}
