import type { Lane } from '../../sim/trace/run_info.ts';
import type { LowerLane } from './lower_lanes.ts';

/** Where a lane lies, in CSS pixels from the top of the lanes' area before scrolling. */
export interface Row {
  readonly lane: Lane;
  readonly y: number;
  readonly height: number;
  /** The line that a member's band and a client's bars are centred on. */
  readonly center: number;
  /** Operations that are drawn here, in place of those of the lane's client. */
  readonly track?: LowerLane['track'];
  /** Watches that are drawn here. */
  readonly watches?: LowerLane['watches'];
}

export interface Rows {
  readonly list: readonly Row[];
  readonly byLane: ReadonlyMap<number, Row>;
  readonly height: number;
}

const worldHeight = 62;
const memberHeight = { min: 46, max: 128 };
const clientHeight = { min: 16, max: 30 };
const trackHeight = { min: 20, max: 30 };
const watchHeight = { min: 44, max: 90 };
const sectionGap = 10;

/**
 * Shares `availableHeight` out; lanes that do not fit at their least height make the rows taller than that. `lower`: what is below the
 * members in place of a lane for each client.
 */
export function layOutRows(
  lanes: readonly Lane[],
  availableHeight: number,
  lower: readonly LowerLane[] = clientLanes(lanes),
): Rows {
  const members = lanes.filter((lane) => lane.kind === 'member');
  const clients = lower;
  const worlds = lanes.filter((lane) => lane.kind === 'world');
  const fixed = worlds.length * worldHeight + (clients.length > 0 ? sectionGap : 0);
  const free = availableHeight - fixed;
  const clientShare = clamp((free * 0.28) / Math.max(1, clients.length), lowerHeight(lower[0]));
  const memberShare = clamp(
    (free - clients.length * clientShare) / Math.max(1, members.length),
    memberHeight,
  );
  const list: Row[] = [];
  let y = 0;
  const place = ({ lane, ...drawn }: LowerLane, height: number): void => {
    list.push({ lane, y, height, center: Math.round(y + height / 2), ...drawn });
    y += height;
  };
  for (const lane of worlds) place({ lane }, worldHeight);
  for (const lane of members) place({ lane }, memberShare);
  if (clients.length > 0) y += sectionGap;
  for (const lane of clients) place(lane, clientShare);
  return { list, byLane: new Map(list.map((row) => [row.lane.id, row])), height: y };
}

function lowerHeight(first: LowerLane | undefined): typeof clientHeight {
  if (first?.watches !== undefined) return watchHeight;
  return first?.track === undefined ? clientHeight : trackHeight;
}

function clientLanes(lanes: readonly Lane[]): readonly LowerLane[] {
  return lanes.filter((lane) => lane.kind === 'client').map((lane) => ({ lane }));
}

function clamp(value: number, bounds: { readonly min: number; readonly max: number }): number {
  return Math.floor(Math.min(bounds.max, Math.max(bounds.min, value)));
}
