import { type RareSort, rareSorts } from '../model/rare.ts';
import { visitColumns } from '../model/time_index.ts';
import { alpha } from '../theme/palette.ts';
import { type Frame } from '../timeline/frame.ts';
import { cross } from './hatch.ts';

const drawnOnLanes: readonly RareSort[] = ['drop', 'vote', 'snapshot', 'diskFault'];

/** Marks along a member's lane for what must not vanish while single messages are not drawn. */
export function drawRareMarks(frame: Frame): void {
  if (frame.detail !== 'density' && frame.detail !== 'traces') return;
  const { context, palette } = frame;
  const columns = Math.max(1, Math.ceil(frame.width / 4));
  const { startNs } = frame.window;
  const endNs = startNs + columns * 4 * frame.nsPerPixel;
  for (const row of frame.rows.list) {
    const rare = row.lane.kind === 'member' ? frame.model.rare.get(row.lane.id) : undefined;
    if (rare === undefined) continue;
    for (const sort of rareSorts) {
      if (!drawnOnLanes.includes(sort)) continue;
      visitColumns(rare[sort], startNs, endNs, columns, (column) => {
        const x = column * 4 + 2;
        if (sort === 'drop') {
          context.strokeStyle = alpha(palette.fault, 0.9);
          context.lineWidth = 1.2;
          cross(context, x, row.y + row.height - 6, 2);
        } else if (sort === 'vote') triangle(frame, x, row.y + 5, palette.groups[1] as string, 3);
        else if (sort === 'snapshot') triangle(frame, x, row.y + 5, palette.groups[2] as string, 4.5);
        else if (sort === 'diskFault') triangle(frame, x, row.y + row.height - 6, palette.fault, 4);
      });
    }
  }
}

function triangle(frame: Frame, x: number, y: number, color: string, radius: number): void {
  const { context } = frame;
  context.fillStyle = color;
  context.beginPath();
  context.moveTo(x - radius, y - radius);
  context.lineTo(x + radius, y - radius);
  context.lineTo(x, y + radius);
  context.closePath();
  context.fill();
}
