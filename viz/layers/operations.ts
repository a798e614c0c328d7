import { type Operation, Status, firstEndingAfter, isWrite } from '../model/operations.ts';
import { alpha, groupColor, inkOn } from '../theme/palette.ts';
import { Group } from '../model/message_groups.ts';
import type { Row } from '../layout/rows.ts';
import { fitText } from '../layout/label_slots.ts';
import { type Frame, font, stretch, xOf } from '../timeline/frame.ts';
import { cross, roundedRect } from './hatch.ts';
import { textWidth } from './text_width.ts';

/** Clients' operations as bars, from their invocation to their return. */
export function drawOperations(frame: Frame): void {
  for (const row of frame.rows.list) {
    if (row.lane.kind !== 'client') continue;
    const table = frame.model.operations;
    const { startNs, endNs, statuses } = table.columns;
    const rows = row.track?.rows ?? table.rowsOf(row.lane.id);
    const important: Operation[] = [];
    let runStart = 0;
    let runEnd = -Infinity;
    let thinPixel = -Infinity;
    let thinStatus = -1;
    for (let i = firstEndingAfter(rows, endNs, frame.window.startNs); i < rows.length; i++) {
      const at = rows[i] as number;
      if ((startNs[at] as number) > frame.window.endNs) break;
      if (table.isIllegal(at)) {
        important.push(table.at(at));
        continue;
      }
      const status = statuses[at] as number;
      const thin = (endNs[at] as number) - (startNs[at] as number) < 2 * frame.nsPerPixel;
      const pixel = Math.floor(xOf(frame, startNs[at] as number));
      // Where bars are thinner than pixels they run together; unknown ones are kept.
      if (thin && status === Status.ok) {
        if (pixel > runEnd + 1) {
          drawRun(frame, row, runStart, runEnd);
          runStart = pixel;
        }
        runEnd = Math.max(pixel + 1, Math.ceil(xOf(frame, endNs[at] as number)));
        continue;
      }
      // One mark a pixel, unless they are numbered.
      if (thin && pixel === thinPixel && status === thinStatus && frame.operation < 0) continue;
      if (thin) {
        thinPixel = pixel;
        thinStatus = status;
      }
      const next = i + 1 < rows.length ? (startNs[rows[i + 1] as number] as number) : Infinity;
      drawOperation(frame, row, table.at(at), next);
    }
    drawRun(frame, row, runStart, runEnd);
    for (const operation of important) drawOperation(frame, row, operation, Infinity);
  }
}

function drawRun(frame: Frame, row: Row, start: number, end: number): void {
  if (end <= start) return;
  const height = operationBarHeight(row);
  frame.context.fillStyle = alpha(groupColor(frame.palette, Group.client), 0.8);
  frame.context.fillRect(start, row.center - height / 2, end - start, height);
}

export function operationBarHeight(row: Row): number {
  return Math.max(8, Math.min(20, row.height - 6));
}

function drawOperation(frame: Frame, row: Row, operation: Operation, nextNs: number): void {
  const seen = stretch(frame, operation.startNs, operation.endNs);
  if (seen === null) return;
  const { context, palette } = frame;
  const height = operationBarHeight(row);
  const y = row.center - height / 2;
  const width = Math.max(1.2, seen.width - 0.5);
  const color = groupColor(palette, Group.client);
  if (operation.illegal !== '') drawIllegal(frame, seen.x, y, width, height);
  else if (operation.status === Status.unknown) {
    const tail = Math.min(openEndPixels, xOf(frame, nextNs) - seen.x - width - 3);
    drawUnknown(frame, { x: seen.x, y, width, height }, operation.returnEvent < 0 ? 0 : tail);
  } else {
    const failed = operation.status === Status.fail;
    context.fillStyle = failed ? alpha(color, 0.16) : isWrite(operation) ? color : alpha(color, 0.55);
    roundedRect(context, seen.x, y, width, height, 3);
    context.fill();
  }
  if (width > 26) drawOperationWords(frame, operation, seen.x, row.center, width);
  drawPlace(frame, operation, y, height);
}

function drawIllegal(frame: Frame, x: number, y: number, width: number, height: number): void {
  const { context, palette } = frame;
  const shown = Math.max(5, width);
  context.fillStyle = palette.background;
  context.fillRect(x, y - 2, shown, height + 4);
  context.fillStyle = alpha(palette.fault, 0.28);
  context.fillRect(x, y - 2, shown, height + 4);
  context.strokeStyle = palette.fault;
  context.lineWidth = 3;
  context.strokeRect(x, y - 2, shown, height + 4);
  context.lineWidth = 2.5;
  cross(context, x + shown + 12, y + height / 2, 6);
}

const openEndPixels = 26;
const thinWidth = 6;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Open to the right: nobody knows when, or whether, it takes effect. */
function drawUnknown(frame: Frame, { x, y, width, height }: Box, tail: number): void {
  const { context, palette } = frame;
  const color = groupColor(palette, Group.client);
  if (width < thinWidth) {
    drawThinUnknown(frame, { x, y, width, height }, tail);
    return;
  }
  const end = x + width;
  context.fillStyle = alpha(color, 0.12);
  context.fillRect(x, y + 2, width, height - 4);
  context.strokeStyle = color;
  context.lineWidth = 1.4;
  context.setLineDash([4, 3]);
  context.beginPath();
  context.moveTo(end, y + 2);
  context.lineTo(x + 0.7, y + 2);
  context.lineTo(x + 0.7, y + height - 2);
  context.lineTo(end, y + height - 2);
  if (tail > 6) {
    context.moveTo(end, y + height / 2);
    context.lineTo(end + tail, y + height / 2);
  }
  context.stroke();
  context.setLineDash([]);
}

/** The same dashes as boxes: there are hundreds where a bar is that thin, and stroking dashes is slow. */
function drawThinUnknown({ context, palette }: Frame, { x, y, width, height }: Box, tail: number): void {
  context.fillStyle = groupColor(palette, Group.client);
  const dash = Math.min(4, width);
  context.fillRect(x, y + 1.3, dash, 1.4);
  context.fillRect(x, y + height - 2.7, dash, 1.4);
  for (let down = 5; down < height - 3; down += 7)
    context.fillRect(x, y + down, 1.4, Math.min(4, height - 3 - down));
  if (tail <= 6) return;
  for (let along = 0; along < tail; along += 7)
    context.fillRect(x + width + along, y + height / 2 - 0.7, Math.min(4, tail - along), 1.4);
}

function drawOperationWords(
  frame: Frame,
  operation: Operation,
  barX: number,
  center: number,
  width: number,
): void {
  const { context, palette } = frame;
  const { x, room } = wordsRoom(frame, operation, barX, width);
  const wordsFont = font(10.5, 500);
  const measure = (text: string): number => textWidth(context, wordsFont, text);
  const whole =
    operation.status === Status.ok && operation.result !== 'done'
      ? `${operation.words} ${operation.result}`
      : operation.words;
  const text = fitText(whole, room, measure);
  if (text === '') return;
  context.font = wordsFont;
  const solid = operation.status === Status.ok && operation.illegal === '' && isWrite(operation);
  context.fillStyle = solid ? inkOn(groupColor(palette, Group.client)) : palette.ink;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillText(text, x, center + 0.5);
}

/** Where the words go: the longer part of the bar beside the mark of its place. */
function wordsRoom(
  frame: Frame,
  operation: Operation,
  barX: number,
  width: number,
): { readonly x: number; readonly room: number } {
  const start = Math.max(0, barX) + 5;
  const end = Math.min(frame.width, barX + width) - 4;
  const place = operation.placeNs < 0 ? -1 : xOf(frame, operation.placeNs);
  if (place < start || place > end) return { x: start, room: end - start };
  if (place - start >= end - place) return { x: start, room: place - start - 5 };
  return { x: place + 6, room: end - place - 6 };
}

/** A line where the checker's order places the operation, numbered for the key one is looking at. */
function drawPlace(frame: Frame, operation: Operation, y: number, height: number): void {
  if (operation.placeNs < 0) return;
  const { context, palette, model } = frame;
  const focus = frame.operation < 0 ? undefined : model.operations.byId(frame.operation);
  const sameKey = focus !== undefined && focus.key === operation.key && operation.key !== '';
  const length = (operation.endNs - operation.startNs) / frame.nsPerPixel;
  if (length < 5 && !sameKey) return;
  const x = xOf(frame, operation.placeNs);
  context.strokeStyle = palette.background;
  context.lineWidth = 3.5;
  context.beginPath();
  context.moveTo(x, y - 1);
  context.lineTo(x, y + height + 1);
  context.stroke();
  context.strokeStyle = sameKey ? (palette.groups[0] as string) : palette.ink;
  context.lineWidth = sameKey ? 2.5 : 1.3;
  context.stroke();
  if (!sameKey || length < 10) return;
  const text = String(operation.order);
  context.font = font(9.5, 700);
  context.textAlign = 'center';
  context.textBaseline = 'alphabetic';
  context.lineWidth = 3;
  context.strokeStyle = palette.background;
  context.strokeText(text, x, y - 2);
  context.fillStyle = palette.ink;
  context.fillText(text, x, y - 2);
}
