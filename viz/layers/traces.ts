import { visibleEndNs, rowsTouching } from '../model/messages.ts';
import { Group } from '../model/message_groups.ts';
import type { Frame } from '../timeline/frame.ts';
import { arrowLine } from './arrows.ts';
import { PixelLayer } from './pixels.ts';
import { emptyImage, putImage } from './scratch.ts';

let kept: PixelLayer | null = null;

/** Thousands of messages at once: lines added up in the pixel layer, brighter where more of them run. */
export function drawTraces(frame: Frame): void {
  if (frame.detail !== 'traces') return;
  const image = emptyImage(frame);
  const { width, height } = image;
  if (kept === null || kept.width !== width || kept.height !== height) kept = new PixelLayer(width, height);
  const layer = kept;
  layer.clear();
  const { messages } = frame.model;
  const [first, end] = rowsTouching(messages, frame.window.startNs, frame.window.endNs);
  for (let row = first; row < end; row++) {
    if (visibleEndNs(messages, row) < frame.window.startNs) continue;
    const line = arrowLine(frame, row);
    if (line === null) continue;
    const group = messages.groups[row] as number;
    const amount = group === Group.heartbeat ? 0.35 : 1;
    layer.line(line.x0, line.y0 - frame.scrollY, line.x1, line.y1 - frame.scrollY, group, amount);
  }
  layer.tone(image.data, frame.palette, 3);
  putImage(frame, image);
}
