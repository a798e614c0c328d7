import type { PathStep } from '../model/operation_path.ts';
import { groupColor } from '../theme/palette.ts';
import { type Frame, xOf } from '../timeline/frame.ts';
import { arrowLine, drawArrow } from './arrows.ts';
import { Group } from '../model/message_groups.ts';

/** What a member did, by the mark's shape; the words are in the inspector. */
const shapes: Readonly<Record<PathStep, 'square' | 'dot' | 'diamond' | 'ring'>> = {
  request: 'ring',
  proposal: 'ring',
  'read index': 'ring',
  append: 'square',
  fsync: 'dot',
  commit: 'diamond',
  apply: 'diamond',
  answer: 'ring',
};

const size = 5;

/** The selected operation's way through the cluster: its messages thick, and a mark where a member did something for it. */
export function drawOperationPath(frame: Frame): void {
  const { path, context, palette, model } = frame;
  if (path === null) return;
  for (const row of path.messages) {
    const line = arrowLine(frame, row);
    if (line === null || Math.max(line.x0, line.x1) < 0 || Math.min(line.x0, line.x1) > frame.width) continue;
    drawArrow(frame, row, line, 1.9);
  }
  context.setLineDash([]);
  context.lineWidth = 2;
  for (const { event, step } of path.events) {
    const row = frame.rows.byLane.get(model.trace.lanes[event] as number);
    const x = xOf(frame, model.trace.timesNs[event] as number);
    if (row === undefined || x < -size || x > frame.width + size) continue;
    context.strokeStyle = palette.background;
    context.fillStyle = step === 'fsync' ? palette.disk : groupColor(palette, Group.append);
    drawShape(frame, shapes[step], x, row.center);
  }
}

function drawShape(
  { context, palette }: Frame,
  shape: (typeof shapes)[PathStep],
  x: number,
  y: number,
): void {
  context.beginPath();
  if (shape === 'square') {
    context.moveTo(x - size, y - size);
    context.lineTo(x + size, y - size);
    context.lineTo(x + size, y + size);
    context.lineTo(x - size, y + size);
    context.closePath();
  } else if (shape === 'diamond') {
    context.moveTo(x, y - size - 2);
    context.lineTo(x + size + 2, y);
    context.lineTo(x, y + size + 2);
    context.lineTo(x - size - 2, y);
    context.closePath();
  } else context.arc(x, y, size, 0, 2 * Math.PI);
  if (shape === 'ring') context.fillStyle = palette.background;
  context.fill();
  if (shape === 'ring') context.strokeStyle = palette.ink;
  context.stroke();
}
