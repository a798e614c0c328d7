import { isInside } from '../cone/cone.ts';
import { holdsMessage } from '../cone/shown_cone.ts';
import { alpha } from '../theme/palette.ts';
import { type Frame, stretch } from '../timeline/frame.ts';

const veil = 0.74;
/** What lies outside of the cone stays visible: one sees what did not matter. */
const outsideAlpha = 0.13;

/** A veil over the parts of the lanes that the selected event neither follows from nor leads to. */
export function drawCone(frame: Frame): void {
  const { cone, context, palette } = frame;
  if (cone === null) return;
  context.fillStyle = alpha(palette.background, veil);
  for (const row of frame.rows.list) {
    const outside = cone.outside.get(row.lane.id) ?? [];
    for (let i = 0; i < outside.length; i += 2) {
      const seen = stretch(frame, outside[i] as number, outside[i + 1] as number);
      if (seen !== null) context.fillRect(seen.x, row.y, seen.width, row.height - 1);
    }
  }
}

/** How strongly a message is drawn. */
export function messageAlpha(frame: Frame, row: number): number {
  return frame.cone === null || holdsMessage(frame.model, frame.cone, row) ? 1 : outsideAlpha;
}

/** How strongly an event's own mark is drawn, on the world's lane. */
export function eventAlpha({ cone }: Frame, event: number): number {
  return cone === null || event < 0 || isInside(cone.order, cone.cone, event) ? 1 : 2 * outsideAlpha;
}
