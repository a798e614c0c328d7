/**
 * What failures of one cause have in common: a sentence without what differs from seed to seed. Numbers, digests, quoted texts and
 * what stands in parentheses are left out, so `n2 lost entry 17 (term 3)` and `n4 lost entry 9 (term 2)` are the same failure.
 */
export function normalisedSentence(sentence: string): string {
  return sentence
    .replace(/"(?:[^"\\]|\\.)*"/g, '"…"')
    .replace(/\([^()]*\)/g, '(…)')
    .replace(/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/g, 'H')
    .replace(/\d+(?:[.,:]\d+)*/g, 'N')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Failures with the same signature are told as one. */
export function signatureOf(check: string, sentence: string): string {
  return `${check}: ${normalisedSentence(sentence)}`;
}
