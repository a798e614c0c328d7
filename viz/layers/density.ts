import { groupNames } from '../model/message_groups.ts';
import { addCounts } from '../model/time_index.ts';
import type { LaneTraffic } from '../model/density.ts';
import { type Rgb, groupColor, rgbOf } from '../theme/palette.ts';
import type { Frame } from '../timeline/frame.ts';
import type { Row } from '../layout/rows.ts';
import { emptyImage, putImage } from './scratch.ts';

const columnWidth = 2;
/** Drawn from the band outwards; the bulk comes last so that rare groups keep their place near the band. */
const stackOrder = [1, 2, 3, 4, 0, 5] as const;

/**
 * Traffic where single messages can't be told apart: above a member's band what it sent, below what it received, stacked by
 * group, on a logarithmic scale shared by all lanes.
 */
export function drawDensity(frame: Frame): void {
  if (frame.detail !== 'density') return;
  const columns = Math.max(1, Math.ceil(frame.width / columnWidth));
  const lanes = frame.rows.list.filter((row) => row.lane.kind === 'member');
  const counted = lanes.map((row) => {
    const traffic = frame.model.traffic[row.lane.id];
    return {
      row,
      sent: countColumns(frame, traffic?.sent, columns),
      received: countColumns(frame, traffic?.received, columns),
    };
  });
  let most = 1;
  for (const { sent, received } of counted) most = Math.max(most, largest(sent), largest(received));
  const image = emptyImage(frame);
  for (const { row, sent, received } of counted) {
    drawStack(frame, image, row, sent, -1, most);
    drawStack(frame, image, row, received, 1, most);
  }
  putImage(frame, image);
}

function countColumns(
  frame: Frame,
  indexes: LaneTraffic['sent'] | undefined,
  columns: number,
): readonly Uint32Array[] {
  return groupNames.map((_, group) => {
    const counts = new Uint32Array(columns);
    const index = indexes?.[group];
    const endNs = frame.window.startNs + columns * columnWidth * frame.nsPerPixel;
    if (index !== undefined) addCounts(index, frame.window.startNs, endNs, counts);
    return counts;
  });
}

function totalAt(counts: readonly Uint32Array[], column: number): number {
  let total = 0;
  for (const group of counts) total += group[column] as number;
  return total;
}

function largest(counts: readonly Uint32Array[]): number {
  let most = 0;
  const columns = counts[0]?.length ?? 0;
  for (let column = 0; column < columns; column++) most = Math.max(most, totalAt(counts, column));
  return most;
}

/** Pixels, not paths: at full zoom a picture has tens of thousands of these bars. */
function drawStack(
  frame: Frame,
  image: ImageData,
  row: Row,
  counts: readonly Uint32Array[],
  direction: 1 | -1,
  most: number,
): void {
  const base = Math.round(row.center - frame.scrollY) + direction * 13;
  const room = Math.max(6, row.height / 2 - 16);
  const scale = room / Math.log1p(most);
  const pixels = new Uint32Array(image.data.buffer);
  const { width } = image;
  const inks = groupNames.map((_, group) => {
    const color = rgbOf(groupColor(frame.palette, group));
    const opacity = group === 5 ? 0.5 : 0.78;
    // The second pixel of a column is paler: that keeps single columns apart.
    return [packed(color, opacity), packed(color, opacity * 0.6)] as const;
  });
  const columns = counts[0]?.length ?? 0;
  for (let column = 0; column < columns; column++) {
    const total = totalAt(counts, column);
    if (total === 0) continue;
    const height = Math.log1p(total) * scale;
    let sum = 0;
    let from = 0;
    for (const group of stackOrder) {
      const count = counts[group]?.[column] as number;
      if (count === 0) continue;
      sum += count;
      const to = Math.max(1, Math.round((sum / total) * height));
      const [strong, pale] = inks[group] as readonly [number, number];
      // Both ends of the stretch lie inside the picture, so that its pixels need no look of their own.
      const last = direction < 0 ? Math.min(to, base + 1) : Math.min(to, image.height - base);
      const first = direction < 0 ? Math.max(from, base + 1 - image.height) : Math.max(from, -base);
      const stride = direction * width;
      let at = (base + direction * first) * width + column * columnWidth;
      const paired = column * columnWidth + 1 < width;
      for (let step = first; step < last; step++) {
        pixels[at] = strong;
        if (paired) pixels[at + 1] = pale;
        at += stride;
      }
      from = Math.max(from, to);
    }
  }
}

/** RGBA as one number, as it lies in memory on a machine that stores the lowest byte first (all that run browsers do). */
function packed([red, green, blue]: Rgb, opacity: number): number {
  return ((Math.round(255 * opacity) << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
