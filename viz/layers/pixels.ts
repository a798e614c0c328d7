import { type Rgb, groupColor, rgbOf } from '../theme/palette.ts';
import type { Palette } from '../theme/palette.ts';
import { groupNames } from '../model/message_groups.ts';

/** In place of a hue: lines of several. */
const mixedHue = 255;

/**
 * The pixel layer: amounts are added up in typed arrays and turned into colours with a logarithmic tone map, so that its cost
 * follows the pixels that lines touch, and equal input gives equal bytes. Most pixels see lines of one hue only, for which their
 * total tells all; the others have a slot with an amount for each hue. `clear` makes it good for the next picture without a new
 * allocation.
 */
export class PixelLayer {
  readonly width: number;
  readonly height: number;
  private readonly totals: Float32Array;
  private readonly touched: Uint32Array;
  /** By touched pixel, the hue of its lines, or `mixedHue`. */
  private readonly pixelHues: Uint8Array;
  /** By pixel of several hues, its slot. */
  private readonly slots: Uint32Array;
  private mixedCounts = new Float32Array(0);
  private mixedCount = 0;
  private touchedCount = 0;
  private readonly hues = groupNames.length;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.totals = new Float32Array(width * height);
    this.touched = new Uint32Array(width * height);
    this.pixelHues = new Uint8Array(width * height);
    this.slots = new Uint32Array(width * height);
  }

  clear(): void {
    const { totals, touched } = this;
    for (let i = 0; i < this.touchedCount; i++) totals[touched[i] as number] = 0;
    this.touchedCount = 0;
    this.mixedCount = 0;
  }

  /** A line of one pixel per step along its longer side. */
  line(x0: number, y0: number, x1: number, y1: number, hue: number, amount: number): void {
    const steps = Math.max(1, Math.ceil(Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0))));
    const stepX = (x1 - x0) / steps;
    const stepY = (y1 - y0) / steps;
    const { width, height, totals, touched, pixelHues } = this;
    let count = this.touchedCount;
    for (let i = 0; i <= steps; i++) {
      const x = x0 + i * stepX;
      const y = y0 + i * stepY;
      if (x < 0 || y < 0 || x >= width || y >= height) continue;
      const pixel = (y | 0) * width + (x | 0);
      const total = totals[pixel] as number;
      if (total === 0) {
        touched[count++] = pixel;
        pixelHues[pixel] = hue;
      } else if (pixelHues[pixel] !== hue) this.mix(pixel, total, hue, amount);
      totals[pixel] = total + amount;
    }
    this.touchedCount = count;
  }

  /** Adds to a pixel of several hues, or to one that now becomes one. */
  private mix(pixel: number, total: number, hue: number, amount: number): void {
    const { hues, slots, pixelHues } = this;
    const before = pixelHues[pixel] as number;
    if (before !== mixedHue) {
      const from = this.mixedCount * hues;
      slots[pixel] = this.mixedCount++;
      pixelHues[pixel] = mixedHue;
      if (from + hues > this.mixedCounts.length) {
        const grown = new Float32Array(Math.max(4096 * hues, 2 * this.mixedCounts.length));
        grown.set(this.mixedCounts);
        this.mixedCounts = grown;
      }
      this.mixedCounts.fill(0, from, from + hues);
      this.mixedCounts[from + before] = total;
    }
    const at = (slots[pixel] as number) * hues + hue;
    this.mixedCounts[at] = (this.mixedCounts[at] as number) + amount;
  }

  /** Writes non-premultiplied RGBA of the pixels that were drawn on. `full` is the count that is drawn opaque. */
  tone(into: Uint8ClampedArray, palette: Palette, full: number): void {
    const colors: Rgb[] = groupNames.map((_, group) => rgbOf(groupColor(palette, group)));
    const pure = Uint32Array.from(colors, ([red, green, blue]) => (blue << 16) | (green << 8) | red);
    const pixels = new Uint32Array(into.buffer, into.byteOffset, into.length / 4);
    const { totals, touched, pixelHues, slots } = this;
    const scale = 255 / Math.log1p(full);
    let lastTotal = -1;
    let opacity = 0;
    for (let i = 0; i < this.touchedCount; i++) {
      const pixel = touched[i] as number;
      const total = totals[pixel] as number;
      // Pixels beside each other have mostly been touched equally often.
      if (total !== lastTotal) {
        lastTotal = total;
        opacity = total >= full ? 255 : roundHalfToEven(Math.log1p(total) * scale);
      }
      const hue = pixelHues[pixel] as number;
      const color =
        hue === mixedHue ? this.mixed(slots[pixel] as number, total, colors) : (pure[hue] as number);
      pixels[pixel] = (opacity << 24) | color;
    }
  }

  /** The mean of a pixel's hues as blue, green and red, as they lie in memory where the lowest byte is first: wherever browsers run. */
  private mixed(slot: number, total: number, colors: readonly Rgb[]): number {
    const { mixedCounts, hues } = this;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let hue = 0; hue < hues; hue++) {
      const count = mixedCounts[slot * hues + hue] as number;
      if (count === 0) continue;
      const color = colors[hue] as Rgb;
      red += count * color[0];
      green += count * color[1];
      blue += count * color[2];
    }
    return (
      (roundHalfToEven(blue / total) << 16) |
      (roundHalfToEven(green / total) << 8) |
      roundHalfToEven(red / total)
    );
  }
}

/** As storing into clamped bytes rounds, for numbers from 0 to 255. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
