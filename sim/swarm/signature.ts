/**
 * What failures of one cause have in common: a sentence without what differs from seed to seed. Numbers, digests, quoted texts and
 * what stands in parentheses are left out, so `n2 lost entry 17 (term 3)` and `n4 lost entry 9 (term 2)` are the same failure. How
 * many members, keys or reasons a sentence lists is left out, too: `n1, n2 and n5` counts as `n3`.
 */
export function normalisedSentence(sentence: string): string {
  const general = sentence
    .replace(/"(?:[^"\\]|\\.)*"/g, '"…"')
    .replace(/\([^()]*\)/g, '(…)')
    .replace(/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/g, 'H')
    .replace(/\d+(?:[.,:]\d+)*/g, 'N')
    .replace(/\s+/g, ' ')
    .trim();
  return withoutRepeatedClauses(general.replace(repeatedItems, '$1'));
}

/**
 * Items of a list that no longer differ: names of members, clients and keys with a number, with their value or
 * without, quoted texts, digests, numbers.
 */
const repeatedItems = /(?<![\w…])(\w*(?:N|H)(?: = "…")?|"…")(?:(?:,? (?:and|or) |, )\1(?![\w…]))+/g;

/** Of clauses between `;` or `,` that read the same, the first: `nN is down; nN is cut; nN is down` lists members, each with its reason. */
function withoutRepeatedClauses(text: string): string {
  return text
    .split(': ')
    .map((part) => ['; ', ', '].reduce((rest, mark) => [...new Set(rest.split(mark))].join(mark), part))
    .join(': ');
}

/** Failures with the same signature are told as one. */
export function signatureOf(check: string, sentence: string): string {
  return `${check}: ${normalisedSentence(sentence)}`;
}
