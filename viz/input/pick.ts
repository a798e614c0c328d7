import { arrowLine } from '../layers/arrows.ts';
import { diskY, syncNear } from '../layers/disk.ts';
import { operationBarHeight } from '../layers/operations.ts';
import type { Row } from '../layout/rows.ts';
import { spanAt } from '../model/roles.ts';
import { type Operation, firstEndingAfter } from '../model/operations.ts';
import type { Flag } from '../model/faults.ts';
import { densityAbove } from '../model/level_of_detail.ts';
import { messagesTouching } from '../model/messages.ts';
import { rareSorts } from '../model/rare.ts';
import { lowerBound } from '../model/time_index.ts';
import { type Frame, xOf } from '../timeline/frame.ts';

/** What lies under the pointer, the most specific first. `event` is what a click selects. */
export type Picked =
  | { readonly kind: 'message'; readonly event: number; readonly row: number }
  | { readonly kind: 'operation'; readonly event: number; readonly operation: Operation }
  | { readonly kind: 'flag'; readonly event: number; readonly flag: Flag }
  | { readonly kind: 'event'; readonly event: number }
  | { readonly kind: 'span'; readonly event: number; readonly lane: number; readonly atNs: number };

const reachPixels = 6;

/** `x` and `y` from the corner of the lanes' visible area. */
export function pick(frame: Frame, x: number, y: number): Picked | null {
  const laneY = y + frame.scrollY;
  const row = frame.rows.list.find(
    (candidate) => laneY >= candidate.y && laneY < candidate.y + candidate.height,
  );
  const atNs = frame.window.startNs + x * frame.nsPerPixel;
  if (row?.lane.kind === 'world') return pickFlag(frame, x);
  const operation = row?.lane.kind === 'client' ? pickOperation(frame, row, x, laneY) : null;
  if (operation !== null) return operation;
  if (row?.lane.kind === 'member') {
    const sync = Math.abs(laneY - diskY(row)) < 5 ? syncNear(frame, row, x) : undefined;
    if (sync !== undefined) return { kind: 'event', event: sync.startEvent };
  }
  const message = pickMessage(frame, x, laneY);
  if (message !== null) return message;
  if (row?.lane.kind !== 'member') return null;
  return pickRare(frame, row, x, laneY) ?? pickSpan(frame, row, atNs, laneY);
}

function pickFlag(frame: Frame, x: number): Picked | null {
  const { flags } = frame.model;
  let best: Flag | null = null;
  let bestDistance = 60;
  for (const flag of flags) {
    const distance = x - Math.max(0, xOf(frame, flag.atNs));
    // A flag's words stand to the right of its pole.
    const measured = distance < 0 ? -distance * 6 : distance;
    if (measured < bestDistance) {
      best = flag;
      bestDistance = measured;
    }
  }
  return best === null ? null : { kind: 'flag', event: best.event, flag: best };
}

function pickOperation(frame: Frame, row: Row, x: number, laneY: number): Picked | null {
  if (Math.abs(laneY - row.center) > operationBarHeight(row) / 2 + 3) return null;
  const table = frame.model.operations;
  const rows = row.track?.rows ?? table.rowsOf(row.lane.id);
  const { startNs, endNs } = table.columns;
  const reachNs = 3 * frame.nsPerPixel;
  const atNs = frame.window.startNs + x * frame.nsPerPixel;
  let found = -1;
  for (let i = firstEndingAfter(rows, endNs, atNs - reachNs); i < rows.length; i++) {
    const at = rows[i] as number;
    if ((startNs[at] as number) - reachNs > atNs) break;
    if (found < 0 || table.isIllegal(at)) found = at;
  }
  if (found < 0) return null;
  const operation = table.at(found);
  return { kind: 'operation', event: operation.invokeEvent, operation };
}

function pickMessage(frame: Frame, x: number, laneY: number): Picked | null {
  const { messages } = frame.model;
  // In the density picture no single message is drawn, so none can be picked.
  if (frame.detail === 'density') return null;
  const reachNs = 40 * frame.nsPerPixel;
  const atNs = frame.window.startNs + x * frame.nsPerPixel;
  let best = -1;
  let bestDistance = reachPixels;
  for (const row of messagesTouching(messages, atNs - reachNs, atNs + reachNs, densityAbove)) {
    const line = arrowLine(frame, row);
    if (line === null) continue;
    const distance = distanceTo(line, x, laneY);
    if (distance < bestDistance) {
      best = row;
      bestDistance = distance;
    }
  }
  if (best < 0) return null;
  const line = arrowLine(frame, best);
  const nearEnd = line !== null && Math.abs(laneY - line.y1) < Math.abs(laneY - line.y0);
  const end = messages.endEvents[best] as number;
  const event = nearEnd && end >= 0 ? end : (messages.sendEvents[best] as number);
  return { kind: 'message', event, row: best };
}

function distanceTo(
  line: { readonly x0: number; readonly y0: number; readonly x1: number; readonly y1: number },
  x: number,
  y: number,
): number {
  const dx = line.x1 - line.x0;
  const dy = line.y1 - line.y0;
  const length = dx * dx + dy * dy;
  const share =
    length === 0 ? 0 : Math.max(0, Math.min(1, ((x - line.x0) * dx + (y - line.y0) * dy) / length));
  return Math.hypot(x - line.x0 - share * dx, y - line.y0 - share * dy);
}

function pickRare(frame: Frame, row: Row, x: number, laneY: number): Picked | null {
  const edge = Math.min(laneY - row.y, row.y + row.height - laneY);
  if (edge > 12) return null;
  const rare = frame.model.rare.get(row.lane.id);
  if (rare === undefined) return null;
  const reachNs = 5 * frame.nsPerPixel;
  const atNs = frame.window.startNs + x * frame.nsPerPixel;
  for (const sort of rareSorts) {
    const index = rare[sort];
    const at = lowerBound(index.timesNs, atNs - reachNs);
    if ((index.timesNs[at] ?? Infinity) <= atNs + reachNs)
      return { kind: 'event', event: index.refs[at] as number };
  }
  return null;
}

function pickSpan(frame: Frame, row: Row, atNs: number, laneY: number): Picked | null {
  if (Math.abs(laneY - row.center) > 16) return null;
  const life = frame.model.lives.get(row.lane.id);
  if (life === undefined) return null;
  const gap = life.gaps.find((candidate) => candidate.startNs <= atNs && candidate.endNs > atNs);
  const span = gap ?? spanAt(life.roles, atNs);
  return span === undefined ? null : { kind: 'span', event: span.event, lane: row.lane.id, atNs };
}
