import { type SyncSpan, syncSpan } from '../model/disk.ts';
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
    const { doneNs, writeNs, longestNs } = syncs;
    const limitNs = frame.window.endNs + longestNs;
    const first = lowerBound(doneNs, frame.window.startNs);
    for (let i = first; i < syncs.length && (doneNs[i] as number) <= limitNs; i++) {
      if ((writeNs[i] as number) <= frame.window.endNs) drawSync(frame, row, syncSpan(syncs, i));
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
  const { doneNs, writeNs, longestNs } = syncs;
  for (let i = lowerBound(doneNs, atNs - reachNs); i < syncs.length; i++) {
    if ((doneNs[i] as number) > atNs + longestNs + reachNs) return undefined;
    const touches = (writeNs[i] as number) - reachNs <= atNs && (doneNs[i] as number) + reachNs >= atNs;
    if (touches) return syncSpan(syncs, i);
  }
  return undefined;
}
