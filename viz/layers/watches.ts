import type { Row } from '../layout/rows.ts';
import type { WatchTrack } from '../model/watch_lanes.ts';
import { Group } from '../model/message_groups.ts';
import { alpha, groupColor } from '../theme/palette.ts';
import { type Frame, font, xOf } from '../timeline/frame.ts';
import { cross } from './hatch.ts';
import { textWidth } from './text_width.ts';

const margin = 8;

/** What each watch of a client heard: the revision over time as steps; what is wrong with it is marked and named. */
export function drawWatches(frame: Frame): void {
  const topRevision = Math.max(1, frame.model.info.summary.revision);
  for (const row of frame.rows.list) {
    if (row.watches === undefined) continue;
    for (const track of row.watches) drawTrack(frame, row, track, topRevision);
    for (const track of row.watches) drawFlaws(frame, row, track, topRevision);
  }
}

/** Where a revision lies in a row, the lowest at its bottom. */
export function watchY(row: Row, revision: number, topRevision: number): number {
  return row.y + row.height - margin - (row.height - 2 * margin) * Math.min(1, revision / topRevision);
}

function drawTrack(frame: Frame, row: Row, { points }: WatchTrack, topRevision: number): void {
  const { context, palette } = frame;
  context.strokeStyle = alpha(groupColor(palette, Group.read), 0.8);
  context.lineWidth = 1.4;
  context.beginPath();
  let pixel = -Infinity;
  let beforeY: number | null = null;
  for (const { atNs, revision, kind } of points) {
    const x = xOf(frame, atNs);
    const y = watchY(row, revision, topRevision);
    const ends = kind === 'end';
    // Steps within one pixel are one step.
    if (beforeY !== null && Math.floor(x) === pixel && !ends) continue;
    pixel = Math.floor(x);
    if (beforeY === null) context.moveTo(x, y);
    else {
      context.lineTo(x, beforeY);
      context.lineTo(x, y);
    }
    beforeY = ends ? null : y;
    if (x > frame.width + 20) break;
  }
  context.stroke();
}

const words = { gap: 'gap', duplicate: 'again', backward: 'back' } as const;

function drawFlaws(frame: Frame, row: Row, { points }: WatchTrack, topRevision: number): void {
  const { context, palette } = frame;
  const wordsFont = font(10, 600);
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  let free = -Infinity;
  for (const { atNs, revision, flaws } of points) {
    const [flaw] = flaws;
    const x = xOf(frame, atNs);
    if (flaw === undefined || x < -20 || x > frame.width + 20) continue;
    const y = watchY(row, revision, topRevision);
    context.strokeStyle = palette.fault;
    context.lineWidth = 2;
    cross(context, x, y, 3.5);
    if (x < free) continue;
    const text = words[flaw];
    free = x + 10 + textWidth(context, wordsFont, text);
    context.font = wordsFont;
    context.fillStyle = palette.faultText;
    context.fillText(text, x + 6, y);
  }
}
