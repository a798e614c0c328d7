import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

/**
 * How much of a picture may differ: two in a thousand pixels, not counting those on the edges of shapes. Processors draw the edge
 * of a slanted line or an arc a little differently; a mark that is missing, moved or of another colour is more than that.
 */
const differentMax = 0.002;
/** Of a pixel's colour, as pixelmatch counts: its own default, the smallest difference that is easily seen. */
const threshold = 0.1;

/** What is wrong with a picture against its baseline, null for nothing. DETCD_UPDATE=1 makes it the baseline. */
export function differs(baseline: string, shot: Buffer): string | null {
  if (process.env['DETCD_UPDATE'] === '1') {
    mkdirSync(dirname(baseline), { recursive: true });
    // Written anew without the alpha channel, which is opaque: that is smaller.
    writeFileSync(baseline, PNG.sync.write(PNG.sync.read(shot), { colorType: 2, deflateLevel: 9 }));
    return null;
  }
  if (!existsSync(baseline)) return `${baseline} is missing: DETCD_UPDATE=1 makes it`;
  const wanted = PNG.sync.read(readFileSync(baseline));
  const found = PNG.sync.read(shot);
  const { width, height } = wanted;
  if (found.width !== width || found.height !== height)
    return `expected ${width} by ${height} pixels, found ${found.width} by ${found.height}`;
  const marked = new PNG({ width, height });
  const different = pixelmatch(wanted.data, found.data, marked.data, width, height, { threshold });
  if (different <= differentMax * width * height) return null;
  const kept = join(tmpdir(), 'detcd-pictures');
  mkdirSync(kept, { recursive: true });
  const name = baseline.slice(dirname(baseline).length + 1, -'.png'.length);
  writeFileSync(join(kept, `${name}.png`), shot);
  writeFileSync(join(kept, `${name}.different.png`), PNG.sync.write(marked));
  return `${different} of ${width * height} pixels differ: see ${join(kept, name)}*.png; DETCD_UPDATE=1 makes it the baseline`;
}
