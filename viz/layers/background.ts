import { alpha } from '../theme/palette.ts';
import { type Frame, font, stretch } from '../timeline/frame.ts';
import { hatch } from './hatch.ts';
import { fitText } from '../layout/label_slots.ts';
import { textWidth } from './text_width.ts';

/** Stripes of the rows and the shading of members that are cut off. */
export function drawBackground(frame: Frame): void {
  const { context, palette, rows, width } = frame;
  rows.list.forEach((row, i) => {
    if (row.lane.kind !== 'member' || i % 2 === 0) return;
    context.fillStyle = palette.stripe;
    context.fillRect(0, row.y, width, row.height);
  });
  context.fillStyle = palette.line;
  for (const row of rows.list) context.fillRect(0, row.y + row.height - 1, width, 1);
}

const cutBarHeight = 17;

/** Cuts: a labelled bar on the world's lane, and shaded rows for the members that the largest group can't reach. */
export function drawCuts(frame: Frame): void {
  const { context, palette, rows, model } = frame;
  const world = rows.list.find((row) => row.lane.kind === 'world');
  for (const cut of model.cuts) {
    const seen = stretch(frame, cut.startNs, cut.endNs);
    if (seen === null) continue;
    for (const member of cut.cutOff) {
      const lane = model.members[member - 1];
      const row = lane && rows.byLane.get(lane.id);
      if (row === undefined) continue;
      context.fillStyle = alpha(palette.fault, palette.name === 'light' ? 0.06 : 0.13);
      context.fillRect(seen.x, row.y, seen.width, row.height - 1);
      context.fillStyle = alpha(palette.fault, 0.8);
      context.fillRect(seen.x, row.y, 1, row.height - 1);
      context.fillRect(seen.x + seen.width - 1, row.y, 1, row.height - 1);
    }
    if (world === undefined) continue;
    const y = world.y + world.height - cutBarHeight - 4;
    context.fillStyle = alpha(palette.fault, 0.14);
    context.fillRect(seen.x, y, seen.width, cutBarHeight);
    context.fillStyle = hatch(context, alpha(palette.fault, 0.35), cut.held ? 10 : 6, 1, frame.pixelRatio);
    context.fillRect(seen.x, y, Math.max(2, seen.width), cutBarHeight);
    drawCutWords(frame, cut.words, seen, y);
  }
}

function drawCutWords(
  frame: Frame,
  words: string,
  seen: { readonly x: number; readonly width: number },
  y: number,
): void {
  const { context, palette } = frame;
  const wordsFont = font(11, 600);
  const start = Math.max(4, seen.x + 6);
  const room = Math.min(frame.width, seen.x + seen.width) - start - 6;
  const text = fitText(words, room, (part) => textWidth(context, wordsFont, part));
  if (text === '') return;
  const width = textWidth(context, wordsFont, text);
  context.fillStyle = palette.background;
  context.fillRect(start - 3, y + 2, width + 6, cutBarHeight - 4);
  context.fillStyle = palette.faultText;
  context.font = wordsFont;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.fillText(text, start, y + cutBarHeight / 2 + 0.5);
}
