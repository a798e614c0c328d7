import { groupNames } from '../model/message_groups.ts';
import { addCounts } from '../model/time_index.ts';
import type { LaneTraffic } from '../model/density.ts';
import { alpha, groupColor } from '../theme/palette.ts';
import type { Frame } from '../timeline/frame.ts';
import type { Row } from '../layout/rows.ts';

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
  for (const { row, sent, received } of counted) {
    drawStack(frame, row, sent, -1, most);
    drawStack(frame, row, received, 1, most);
  }
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

function drawStack(
  frame: Frame,
  row: Row,
  counts: readonly Uint32Array[],
  direction: 1 | -1,
  most: number,
): void {
  const { context, palette } = frame;
  const base = row.center + direction * 13;
  const room = Math.max(6, row.height / 2 - 16);
  const scale = room / Math.log1p(most);
  const columns = counts[0]?.length ?? 0;
  const heights = new Float32Array(columns);
  for (const group of stackOrder) {
    const own = counts[group] as Uint32Array;
    context.fillStyle = alpha(groupColor(palette, group), group === 5 ? 0.5 : 0.78);
    context.beginPath();
    for (let column = 0; column < columns; column++) {
      const count = own[column] as number;
      if (count === 0) continue;
      const total = totalAt(counts, column);
      const height = (count / total) * Math.log1p(total) * scale;
      const from = heights[column] as number;
      heights[column] = from + height;
      const y = direction > 0 ? base + from : base - from - height;
      context.rect(column * columnWidth, y, columnWidth - 0.5, height);
    }
    context.fill();
  }
}
