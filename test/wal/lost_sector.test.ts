import { describe, expect, it } from 'vitest';
import { contentText } from './history.ts';
import { entry, firstPath, frameStarts, state, walWith } from './support.ts';

const sectorBytes = 512;

describe('a crash that loses the sector with the end of the last record', () => {
  it('never makes the log unreadable, however few bits that sector held', () => {
    let crossings = 0;
    // A commit index of 129 ends in a byte with one set bit: lost alone, it looks like that bit flipped.
    const many = Array.from({ length: 128 }, (_, i) => entry(i + 1, 1, ''));
    for (let size = 0; size < sectorBytes; size++) {
      const { bench } = walWith([
        [state(1, 1, 0), [...many, entry(129, 1, 'x'.repeat(size))]],
        [state(2, 2, 129), []],
      ]);
      const bytes = bench.bytes();
      const whole = contentText(bench.recover());
      bench.completeAll();
      const last = frameStarts(bytes).at(-2) ?? 0;
      const lostFrom = (Math.floor(last / sectorBytes) + 1) * sectorBytes;
      if (lostFrom >= bytes.length) continue;
      crossings++;
      const torn = bytes.slice();
      torn.fill(0, lostFrom);
      bench.overwrite(torn, firstPath);
      const recovered = bench.recover();
      const found = contentText(recovered);
      bench.completeAll();
      // Either the record is cut off, or what it held is certain from its checksum.
      if (recovered.cutBytes === 0) expect(found).toBe(whole);
      expect(contentText(bench.recover())).toBe(found);
      bench.completeAll();
    }
    expect(crossings).toBeGreaterThan(10);
  });
});
