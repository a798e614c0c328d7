import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PixelLayer, palettes } from './page_model.ts';
import { smallRandom } from './synthetic_queue.ts';

/** A picture of lines of every hue and both amounts, some of them partly outside, drawn after another one was cleared away. */
function picture(theme: 'light' | 'dark'): string {
  const [width, height] = [160, 90];
  const layer = new PixelLayer(width, height);
  const random = smallRandom(3);
  const lines = (count: number): void => {
    for (let i = 0; i < count; i++) {
      const at = (most: number): number => random(most * 16) / 8 - most / 2;
      const x = at(width);
      layer.line(x, at(height), x + random(64) / 8, at(height), random(6), i % 3 === 0 ? 0.35 : 1);
    }
  };
  lines(200);
  layer.clear();
  lines(300);
  const bytes = new Uint8ClampedArray(width * height * 4);
  layer.tone(bytes, palettes[theme], 3);
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

describe('the pixel layer', () => {
  it('draws exactly these bytes', () => {
    expect([picture('light'), picture('dark')]).toEqual(['ef4b21ae51b0727a', '30be4b278f6307d8']);
  });
});
