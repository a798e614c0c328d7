import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntryType, makeEntry } from '../../core/raft/entry.ts';
import { entryWords } from '../../scenarios/cli/dump/entry_words.ts';
import { hexId, jsonText, quoted } from '../../scenarios/cli/dump/readable.ts';
import { message } from './member_directory.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('bytes as text', () => {
  it('keeps text, escapes the rest', () => {
    expect(quoted(bytes('plain é 漢字 🙂'))).toBe('"plain é 漢字 🙂"');
    expect(quoted(bytes('a"b\\c\n\t'))).toBe('"a\\"b\\\\c\\n\\t"');
    expect(quoted(Uint8Array.of(0, 0x7f, 0xff, 0xc3, 0x28, 0xe2, 0x82))).toBe(
      '"\\x00\\x7f\\xff\\xc3(\\xe2\\x82"',
    );
    // A byte order mark, a change of direction, a line separator, a surrogate's encoding, an overlong form.
    expect(quoted(bytes('\ufeff\u202e\u2028'))).toBe('"\\xef\\xbb\\xbf\\xe2\\x80\\xae\\xe2\\x80\\xa8"');
    expect(quoted(Uint8Array.of(0xed, 0xa0, 0x80, 0xc0, 0xaf))).toBe('"\\xed\\xa0\\x80\\xc0\\xaf"');
  });

  it('cuts long ones between characters and says how much is left out', () => {
    expect(quoted(bytes('abcdef'), 3)).toBe('"abc"... (3 more bytes)');
    expect(quoted(bytes('aé漢x'), 2)).toBe('"a"... (6 more bytes)');
    expect(quoted(bytes('aé漢x'), 5)).toBe('"aé"... (4 more bytes)');
    expect(quoted(bytes('abc'), 3)).toBe('"abc"');
  });

  it('never lets anything through that a terminal obeys, and loses nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (data) => {
        const shown = quoted(data);
        expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
        const back = shown
          .slice(1, -1)
          .replaceAll(
            /\\(?:x([0-9a-f]{2})|(.))|([^\\]+)/gu,
            (_all, hex?: string, one?: string, plain?: string) => {
              if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
              const text = one === 'n' ? '\n' : one === 't' ? '\t' : (one ?? plain ?? '');
              return String.fromCharCode(...bytes(text));
            },
          );
        expect(back).toBe(String.fromCharCode(...data));
      }),
    );
  });

  it('shows JSON as it is, if it is safe and short', () => {
    expect(jsonText(bytes('{"a":1}'))).toBe('{"a":1}');
    expect(jsonText(bytes('{"a":"\u001b"}'))).toBe('"{\\"a\\":\\"\\x1b\\"}"');
    expect(jsonText(bytes('no JSON'))).toBe('"no JSON"');
    expect(jsonText(bytes('{"a":1}'), 3)).toBe('"{\\"a"... (4 more bytes)');
  });

  it('shows ids as etcd does', () => {
    expect(hexId(0x8e9e05c52164694dn)).toBe('8e9e05c52164694d');
    expect(hexId(-1n)).toBe('ffffffffffffffff');
  });
});

describe('what an entry says', () => {
  const words = (data: Uint8Array, type: EntryType = EntryType.normal) =>
    entryWords(makeEntry(1, 1, type, data));

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(0, 1, 2), (data, type) => {
        expect(words(data, type as EntryType).text).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it('tells v2 requests from v3 ones by their method', () => {
    const value = [4, 'v'] as const;
    expect(words(message([1, 5], [2, 'PUT'], [3, '/1/a'], value, [8, 0]))).toEqual({
      kind: 'v2 request',
      text: 'PUT /1/a "v" prev_exist=false',
    });
    expect(words(message([1, 5], [2, 'DELETE'], [3, '/1/a b'], [6, 'old'], [12, 1])).text).toBe(
      'DELETE "/1/a b" prev_value="old" recursive=1',
    );
    expect(words(message([4, message([1, 'k'], [2, 'v'])])).text).toBe('put "k" = "v"');
    expect(words(message([1, 5], [2, 'PATCH'])).kind).not.toBe('v2 request');
  });

  it('names what it does not know by its field', () => {
    expect(words(message([2000, 'abc'])).text).toBe('unknown request: field 2000 (3 bytes)');
    expect(words(message([9, message([1, 77], [5, 'new'], [6, 1])])).text).toBe(
      'lease revoke ID=4d field 5 (3 bytes) field 6',
    );
    expect(words(message([10, message([1, 9])])).text).toBe('alarm action=9 alarm=NONE');
    expect(words(message([3, 1], [1, 1], [2, 7]), EntryType.confChange).text).toBe('change of type 7 1');
  });
});
