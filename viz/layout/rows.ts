import type { Lane } from '../../sim/trace/run_info.ts';

/** Where a lane lies, in CSS pixels from the top of the lanes' area before scrolling. */
export interface Row {
  readonly lane: Lane;
  readonly y: number;
  readonly height: number;
  /** The line that a member's band and a client's bars are centred on. */
  readonly center: number;
}

export interface Rows {
  readonly list: readonly Row[];
  readonly byLane: ReadonlyMap<number, Row>;
  readonly height: number;
}

const worldHeight = 62;
const memberHeight = { min: 46, max: 128 };
const clientHeight = { min: 16, max: 30 };
const sectionGap = 10;

/** Shares `availableHeight` out; lanes that do not fit at their least height make the rows taller than that. */
export function layOutRows(lanes: readonly Lane[], availableHeight: number): Rows {
  const members = lanes.filter((lane) => lane.kind === 'member');
  const clients = lanes.filter((lane) => lane.kind === 'client');
  const worlds = lanes.filter((lane) => lane.kind === 'world');
  const fixed = worlds.length * worldHeight + (clients.length > 0 ? sectionGap : 0);
  const free = availableHeight - fixed;
  const clientShare = clamp((free * 0.28) / Math.max(1, clients.length), clientHeight);
  const memberShare = clamp(
    (free - clients.length * clientShare) / Math.max(1, members.length),
    memberHeight,
  );
  const list: Row[] = [];
  let y = 0;
  const place = (lane: Lane, height: number): void => {
    list.push({ lane, y, height, center: Math.round(y + height / 2) });
    y += height;
  };
  for (const lane of worlds) place(lane, worldHeight);
  for (const lane of members) place(lane, memberShare);
  if (clients.length > 0) y += sectionGap;
  for (const lane of clients) place(lane, clientShare);
  return { list, byLane: new Map(list.map((row) => [row.lane.id, row])), height: y };
}

function clamp(value: number, bounds: { readonly min: number; readonly max: number }): number {
  return Math.floor(Math.min(bounds.max, Math.max(bounds.min, value)));
}
