import { Group, typeOf } from '../model/message_groups.ts';
import { Outcome, visibleEndNs } from '../model/messages.ts';
import { groupColor } from '../theme/palette.ts';
import { type Frame, font, xOf } from '../timeline/frame.ts';
import { LabelSlots } from '../layout/label_slots.ts';
import { messageChip } from '../words/message_words.ts';
import type { Row } from '../layout/rows.ts';
import { spanAt } from '../model/roles.ts';
import { bandHeight } from './bands.ts';
import { messageAlpha } from './cone.ts';
import { cross } from './hatch.ts';
import { operationBarHeight } from './operations.ts';
import type { Pen } from './pen.ts';
import { textWidth } from './text_width.ts';

export interface ArrowLine {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

const gap = 3;

/** Where a message's line runs on the screen; null when one of its lanes is not shown. */
export function arrowLine(frame: Frame, row: number): ArrowLine | null {
  const { messages } = frame.model;
  const from = frame.rows.byLane.get(messages.from[row] as number);
  const to = frame.rows.byLane.get(messages.to[row] as number);
  if (from === undefined || to === undefined) return null;
  const down = to.center > from.center ? 1 : -1;
  const y0 = from.center + down * clearance(frame, from, messages.sentNs[row] as number);
  const y1 = to.center - down * clearance(frame, to, messages.endNs[row] as number);
  const x0 = xOf(frame, messages.sentNs[row] as number);
  const x1 = xOf(frame, visibleEndNs(messages, row));
  if (messages.outcomes[row] !== Outcome.dropped) return { x0, y0, x1, y1 };
  // A lost message ends in mid-flight.
  return { x0, y0, x1: (x0 + x1) / 2 + (x1 - x0) / 8, y1: y0 + (y1 - y0) * 0.6 };
}

/** Arrows begin and end at the edge of the band, which is as thick as the member's role at that moment. */
function clearance(frame: Frame, row: Row, atNs: number): number {
  if (row.lane.kind !== 'member') return operationBarHeight(row) / 2;
  const life = frame.model.lives.get(row.lane.id);
  const span = life && spanAt(life.roles, atNs);
  return span === undefined ? gap : bandHeight(span.role) / 2 + gap;
}

/** Arrows drawn one by one, with heads, dashes and crosses; labels where there is room. */
export function drawArrows(frame: Frame): void {
  const { context } = frame;
  context.lineCap = 'round';
  const chips: { readonly row: number; readonly line: ArrowLine }[] = [];
  for (const row of frame.messages) {
    const line = arrowLine(frame, row);
    if (line === null) continue;
    drawArrow(frame, row, line, 1);
    if (frame.detail === 'labels' && messageAlpha(frame, row) === 1) chips.push({ row, line });
  }
  context.setLineDash([]);
  drawChips(frame, chips);
}

/** One arrow; `emphasis` above 1 makes it thicker, for the selected one. */
export function drawArrow(frame: Frame, row: number, line: ArrowLine, emphasis: number): void {
  const { context, palette, model } = frame;
  const { messages } = model;
  const group = messages.groups[row] as number;
  const type = typeOf(messages.types[row] as number);
  const dropped = messages.outcomes[row] === Outcome.dropped;
  const color = groupColor(palette, group);
  const thin = group === Group.heartbeat;
  context.strokeStyle = color;
  context.fillStyle = color;
  context.globalAlpha = (thin && emphasis === 1 ? 0.75 : 1) * messageAlpha(frame, row);
  context.lineWidth = (thin ? 0.9 : 1.4) * emphasis;
  context.setLineDash(type.preVote ? [5, 4] : messages.copies[row] === 1 ? [1.5, 3] : []);
  context.beginPath();
  context.moveTo(line.x0, line.y0);
  context.lineTo(line.x1, line.y1);
  context.stroke();
  context.setLineDash([]);
  if (dropped) {
    context.strokeStyle = palette.fault;
    context.lineWidth = 2;
    cross(context, line.x1, line.y1, 4);
  } else if (messages.outcomes[row] === Outcome.delivered) {
    drawHead(context, line, type.response, (thin ? 5 : 7) * Math.sqrt(emphasis), palette.background);
  }
  context.globalAlpha = 1;
}

function drawHead(context: Pen, line: ArrowLine, open: boolean, size: number, inside: string): void {
  const angle = Math.atan2(line.y1 - line.y0, line.x1 - line.x0);
  const spread = 0.42;
  context.beginPath();
  context.moveTo(line.x1, line.y1);
  context.lineTo(line.x1 - size * Math.cos(angle - spread), line.y1 - size * Math.sin(angle - spread));
  context.lineTo(line.x1 - size * Math.cos(angle + spread), line.y1 - size * Math.sin(angle + spread));
  context.closePath();
  if (!open) {
    context.fill();
    return;
  }
  const { fillStyle } = context;
  context.fillStyle = inside;
  context.fill();
  context.fillStyle = fillStyle;
  context.stroke();
}

/** Short names beside the arrows, as many as find room without touching another. */
function drawChips(frame: Frame, chips: readonly { readonly row: number; readonly line: ArrowLine }[]): void {
  const { context, palette, model } = frame;
  const lines = new Map<number, LabelSlots>();
  const chipFont = font(10.5, 500);
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  for (const { row, line } of chips) {
    const text = messageChip(model.trace, model.messages, row);
    const width = textWidth(context, chipFont, text);
    const x = line.x0 + (line.x1 - line.x0) * 0.35 + 6;
    const y = line.y0 + (line.y1 - line.y0) * 0.35;
    const flat = Math.abs(line.x1 - line.x0);
    if ((flat < 24 && frame.messages.length > 60) || x < 4 || x + width > frame.width) continue;
    const bucket = Math.round(y / 14);
    const slots = [bucket - 1, bucket, bucket + 1].map((at) => {
      const known = lines.get(at) ?? new LabelSlots();
      lines.set(at, known);
      return known;
    });
    if (!slots.every((slot) => slot.take(x - 2, width + 4, 2))) continue;
    context.fillStyle = palette.background;
    context.globalAlpha = 0.88;
    context.fillRect(x - 2, y - 7, width + 4, 14);
    context.globalAlpha = 1;
    context.fillStyle = palette.ink;
    context.font = chipFont;
    context.fillText(text, x, y + 0.5);
  }
}
