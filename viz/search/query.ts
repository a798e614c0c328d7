/**
 * What the search field understands: words, all of which must occur, and `field:value` with alternatives after commas and `*`
 * for anything, as in `node:n1 type:append,vote key:/a* op:17 term:3 drop:true t:100ms..2s`.
 */
export interface Query {
  readonly words: readonly string[];
  readonly fields: ReadonlyMap<QueryField, readonly string[]>;
  readonly fromNs: number;
  readonly toNs: number;
  /** What is wrong with it, '' for nothing. */
  readonly mistake: string;
}

export const queryFields = ['node', 'kind', 'type', 'key', 'op', 'term', 'drop', 'event'] as const;
export type QueryField = (typeof queryFields)[number];

export function parseQuery(text: string): Query {
  const words: string[] = [];
  const fields = new Map<QueryField, readonly string[]>();
  let [fromNs, toNs] = [-Infinity, Infinity];
  let mistake = '';
  for (const part of text.trim().toLowerCase().split(/\s+/).filter(Boolean)) {
    const [, name = '', value = ''] = /^([a-z]+):(.*)$/.exec(part) ?? [];
    const field = queryFields.find((known) => known === name);
    if (name === 't') {
      const range = timeRange(value);
      if (range === null)
        mistake = `t: expected a time such as 2s or a range such as 100ms..2s, got "${value}"`;
      else [fromNs, toNs] = range;
    } else if (field !== undefined) fields.set(field, value.split(',').filter(Boolean));
    else words.push(part);
  }
  return { words, fields, fromNs, toNs, mistake };
}

const unitNs: Readonly<Record<string, number>> = { s: 1e9, ms: 1e6, us: 1e3, '\u00b5s': 1e3, ns: 1 };

function timeRange(text: string): readonly [number, number] | null {
  const [first = '', last] = text.split('..');
  const from = first === '' && last !== undefined ? -Infinity : momentNs(first);
  if (last === undefined) return Number.isNaN(from) ? null : [from, Infinity];
  const to = last === '' ? Infinity : momentNs(last);
  return Number.isNaN(from) || Number.isNaN(to) ? null : [from, to];
}

function momentNs(text: string): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(s|ms|us|\u00b5s|ns)?$/.exec(text) ?? [];
  return number === undefined ? Number.NaN : Number(number) * (unitNs[unit] as number);
}

/** Whether one of the alternatives matches the whole text. */
export function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => {
    if (!pattern.includes('*')) return pattern === text;
    const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`, 's').test(text);
  });
}
