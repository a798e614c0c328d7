import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { countWords } from '../../viz/words/count_words.ts';
import { keyIn } from './page_model.ts';

it('sets thousands apart as English does', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (count) => {
      expect(countWords(count)).toBe(count.toLocaleString('en-US'));
    }),
    { numRuns: 50 },
  );
  expect(countWords(1_000)).toBe('1,000');
});

it('finds an operation\u2019s key where its JSON has it', () => {
  const parsed = (text: string): string | null => {
    const { key } = JSON.parse(text) as { key?: unknown };
    return typeof key === 'string' ? key : null;
  };
  const field = fc.oneof(fc.string(), fc.integer(), fc.constant('"key"'));
  fc.assert(
    fc.property(field, field, fc.boolean(), (key, value, first) => {
      const text = JSON.stringify(first ? { key, value } : { value, key });
      expect(keyIn(text)).toBe(parsed(text));
    }),
  );
  const texts = ['{"key":"a","key":"b"}', '{"key":"a\\"b"}', '{"key":"","value":1}', '{"value":1}'];
  expect(texts.map(keyIn)).toEqual(['b', 'a"b', '', null]);
  expect(['', 'no JSON', '{"key":"cut short'].map(keyIn)).toEqual([null, null, null]);
});
