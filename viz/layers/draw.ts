import type { Frame } from '../timeline/frame.ts';
import { arrowLine, drawArrow, drawArrows } from './arrows.ts';
import { drawBackground, drawCuts } from './background.ts';
import { drawBands } from './bands.ts';
import { drawCone } from './cone.ts';
import { drawDensity } from './density.ts';
import { drawDisk } from './disk.ts';
import { drawOperations } from './operations.ts';
import { drawOperationPath } from './operation_path.ts';
import { drawRareMarks } from './rare_marks.ts';
import { drawTraces } from './traces.ts';
import { roundedRect } from './hatch.ts';
import { drawWatches } from './watches.ts';
import { drawFlags } from './world.ts';

/** From the back to the front. */
const layers: readonly ((frame: Frame) => void)[] = [
  clearAll,
  drawBackground,
  drawGrid,
  drawCuts,
  drawDensity,
  drawTraces,
  drawBands,
  drawRareMarks,
  drawDisk,
  drawOperations,
  drawWatches,
  drawCone,
  drawArrows,
  drawOperationPath,
  drawSelectedMessage,
  drawFlags,
  drawScrollThumb,
];

/** One picture. */
export function drawFrame(frame: Frame): void {
  for (const layer of layers) layer(frame);
}

/**
 * One picture in pieces of at most about `pieceMs`, each a step. A page's first picture takes several times as long as the
 * second, because nothing of it is compiled yet.
 */
export function* drawInSteps(frame: Frame, pieceMs: number): Generator<void, void> {
  let startedMs = performance.now();
  for (const layer of layers) {
    layer(frame);
    if (performance.now() - startedMs < pieceMs) continue;
    yield;
    startedMs = performance.now();
  }
}

function clearAll(frame: Frame): void {
  const { context, palette, pixelRatio } = frame;
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  // What the frame before has left would make the first picture differ from the next.
  context.lineCap = 'butt';
  context.globalAlpha = 1;
  context.setLineDash([]);
  context.fillStyle = palette.background;
  context.fillRect(0, 0, frame.width, frame.height);
  context.translate(0, -frame.scrollY);
}

/** Tells that there are more lanes than fit, and where one is among them. */
function drawScrollThumb(frame: Frame): void {
  const { context, palette, rows, height, width, scrollY } = frame;
  if (rows.height <= height) return;
  context.fillStyle = palette.faint;
  const length = (height * height) / rows.height;
  roundedRect(context, width - 7, scrollY + (scrollY * height) / rows.height, 5, length, 2.5);
  context.fill();
}

function drawGrid(frame: Frame): void {
  const { context, palette, grid, rows } = frame;
  context.fillStyle = palette.line;
  for (const x of grid) context.fillRect(Math.round(x), 0, 1, rows.height);
}

/** The selected message stands out at any level of detail. */
function drawSelectedMessage(frame: Frame): void {
  const row = frame.selected < 0 ? -1 : (frame.model.messages.rowOfEvent[frame.selected] as number);
  if (row < 0) return;
  const line = arrowLine(frame, row);
  if (line === null || Math.max(line.x0, line.x1) < 0 || Math.min(line.x0, line.x1) > frame.width) return;
  frame.context.strokeStyle = frame.palette.background;
  frame.context.lineWidth = 7;
  frame.context.beginPath();
  frame.context.moveTo(line.x0, line.y0);
  frame.context.lineTo(line.x1, line.y1);
  frame.context.stroke();
  drawArrow(frame, row, line, 2.2);
}
