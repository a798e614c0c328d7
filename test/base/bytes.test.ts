import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { copyBytes, fromText, toText } from '../../core/base/bytes.ts';
import { runs } from '../runs.ts';

it('text comes back from its UTF-8, with and without letters beyond ASCII', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(toText(fromText(text))).toBe(text);
      expect(fromText(text)).toBe(Buffer.from(text, 'utf8').toString('latin1'));
    }),
    { numRuns: runs(50, 2000) },
  );
});

it('exactly the asked bytes are copied, few or many', () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => i % 251);
  for (const length of [0, 1, 63, 64, 65, 200]) {
    const into = new Uint8Array(300).fill(255);
    copyBytes(bytes, 7, 7 + length, into, 40);
    expect([...into.subarray(40, 40 + length)]).toEqual([...bytes.subarray(7, 7 + length)]);
    expect(into.filter((byte) => byte === 255)).toHaveLength(300 - length);
  }
});
