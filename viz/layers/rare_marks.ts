import { type RareSort, rareSorts } from '../model/rare.ts';
import { visitColumns } from '../model/time_index.ts';
import type { Row } from '../layout/rows.ts';
import { alpha } from '../theme/palette.ts';
import type { Frame } from '../timeline/frame.ts';
import { addCross } from './hatch.ts';
import type { Pen } from './pen.ts';

/** What a lane of each sort bears: `single` also where single messages are drawn. */
const marksOf: Readonly<
  Partial<Record<RareSort, { readonly lane: 'member' | 'client'; readonly single: boolean }>>
> = {
  drop: { lane: 'member', single: false },
  vote: { lane: 'member', single: false },
  snapshot: { lane: 'member', single: true },
  diskFault: { lane: 'member', single: true },
  peer: { lane: 'member', single: true },
  watched: { lane: 'client', single: true },
};

/** Marks along a lane for what must not vanish while single messages are not drawn, and for what no arrow shows. */
export function drawRareMarks(frame: Frame): void {
  const single = frame.detail !== 'density' && frame.detail !== 'traces';
  const columns = Math.max(1, Math.ceil(frame.width / 4));
  const { startNs } = frame.window;
  const endNs = startNs + columns * 4 * frame.nsPerPixel;
  for (const row of frame.rows.list) {
    const rare = frame.model.rare.get(row.lane.id);
    if (rare === undefined) continue;
    for (const sort of rareSorts) {
      const mark = marksOf[sort];
      if (mark === undefined || mark.lane !== row.lane.kind || (single && !mark.single)) continue;
      // One path for all marks of a sort: a canvas takes its time per stroke, not per point.
      frame.context.beginPath();
      visitColumns(rare[sort], startNs, endNs, columns, (column) =>
        addMark(frame, row, sort, column * 4 + 2),
      );
      paintMarks(frame, sort);
    }
  }
}

function addMark({ context }: Frame, row: Row, sort: RareSort, x: number): void {
  const bottom = row.y + row.height - 6;
  if (sort === 'drop') addCross(context, x, bottom, 2);
  else if (sort === 'vote') addTriangle(context, x, row.y + 5, 3);
  else if (sort === 'snapshot') addTriangle(context, x, row.y + 5, 4.5);
  else if (sort === 'diskFault') addTriangle(context, x, bottom, 4);
  else {
    const y = sort === 'peer' ? row.y + 5 : row.y + row.height - 3;
    context.moveTo(x + 2, y);
    context.arc(x, y, 2, 0, 2 * Math.PI);
  }
}

function paintMarks({ context, palette }: Frame, sort: RareSort): void {
  if (sort === 'drop' || sort === 'peer') {
    context.strokeStyle = sort === 'drop' ? alpha(palette.fault, 0.9) : palette.muted;
    context.lineWidth = 1.2;
    context.stroke();
    return;
  }
  const groups = { vote: 1, snapshot: 2, watched: 3 } as const;
  const group = groups[sort as keyof typeof groups] as number | undefined;
  context.fillStyle = group === undefined ? palette.fault : (palette.groups[group] as string);
  context.fill();
}

function addTriangle(context: Pen, x: number, y: number, radius: number): void {
  context.moveTo(x - radius, y - radius);
  context.lineTo(x + radius, y - radius);
  context.lineTo(x, y + radius);
  context.closePath();
}
