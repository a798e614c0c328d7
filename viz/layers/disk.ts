import type { SyncSpan } from '../model/disk.ts';
import { diskBelowNsPerPixel } from '../model/level_of_detail.ts';
import { lowerBound } from '../model/time_index.ts';
import type { Row } from '../layout/rows.ts';
import { alpha } from '../theme/palette.ts';
import { type Frame, xOf } from '../timeline/frame.ts';
import { cross } from './hatch.ts';

/** Below the band: the disk's own little lane. */
export function diskY(row: Row): number {
  return row.center + Math.min(22, row.height / 2 - 6);
}

/** From a write to the moment it is durable: a thin line while it waits, thick while the sync runs, a dot at its end. */
export function drawDisk(frame: Frame): void {
  if (frame.nsPerPixel > diskBelowNsPerPixel) return;
  for (const row of frame.rows.list) {
    const syncs = frame.model.syncs.get(row.lane.id);
    if (syncs === undefined) continue;
    const { spans, longestNs } = syncs;
    let low = 0;
    let high = spans.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((spans[middle] as SyncSpan).doneNs < frame.window.startNs) low = middle + 1;
      else high = middle;
    }
    const limitNs = frame.window.endNs + longestNs;
    for (let i = low; i < spans.length && (spans[i] as SyncSpan).doneNs <= limitNs; i++) {
      const span = spans[i] as SyncSpan;
      if (span.writeNs <= frame.window.endNs) drawSync(frame, row, span);
    }
  }
}

function drawSync(frame: Frame, row: Row, span: SyncSpan): void {
  const { context, palette } = frame;
  const y = diskY(row);
  const x = xOf(frame, span.writeNs);
  const start = xOf(frame, span.startNs);
  const done = xOf(frame, span.doneNs);
  context.strokeStyle = alpha(palette.disk, 0.8);
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, y - 4);
  context.lineTo(x, y + 4);
  context.moveTo(x, y);
  context.lineTo(start, y);
  context.stroke();
  context.lineWidth = 2.6;
  context.setLineDash(span.doneEvent < 0 ? [3, 3] : []);
  context.beginPath();
  context.moveTo(start, y);
  context.lineTo(done, y);
  context.stroke();
  context.setLineDash([]);
  if (span.doneEvent < 0 || span.failed) {
    context.strokeStyle = palette.fault;
    context.lineWidth = 2;
    cross(context, done, y, 3.5);
    return;
  }
  context.fillStyle = palette.disk;
  context.beginPath();
  context.arc(done, y, 3.2, 0, 2 * Math.PI);
  context.fill();
}

/** The sync whose line is within reach of a point, or undefined. */
export function syncNear(frame: Frame, row: Row, x: number): SyncSpan | undefined {
  const syncs = frame.model.syncs.get(row.lane.id);
  if (syncs === undefined || frame.nsPerPixel > diskBelowNsPerPixel) return undefined;
  const atNs = frame.window.startNs + x * frame.nsPerPixel;
  const reachNs = 5 * frame.nsPerPixel;
  const done = syncs.spans.map((span) => span.doneNs);
  const first = lowerBound(done, atNs - reachNs);
  for (let i = first; i < syncs.spans.length; i++) {
    const span = syncs.spans[i] as SyncSpan;
    if (span.doneNs > atNs + syncs.longestNs + reachNs) return undefined;
    if (span.writeNs - reachNs <= atNs && span.doneNs + reachNs >= atNs) return span;
  }
  return undefined;
}
