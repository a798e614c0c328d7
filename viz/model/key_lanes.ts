import type { OperationTable } from './operations.ts';

/** Operations of one key that do not overlap, by row, in the order of their invocation. */
export interface KeyTrack {
  readonly key: string;
  /** 0 for the key's first track, which bears its name. */
  readonly place: number;
  readonly rows: Int32Array;
}

/** Keys beyond these, which have the fewest operations, have no lanes; tracks beyond these share the last. */
const keysMax = 24;
const tracksMax = 6;

/** A group of tracks per key, the keys in the order of their names. One operation lies on one track. */
export function keyTracks(table: OperationTable): readonly KeyTrack[] {
  const rowsOfKey = new Map<string, number[]>();
  for (let row = 0; row < table.length; row++) {
    const { key } = table.at(row);
    if (key === '') continue;
    const rows = rowsOfKey.get(key) ?? [];
    rowsOfKey.set(key, rows);
    rows.push(row);
  }
  const busiest = [...rowsOfKey].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
  const shown = busiest.slice(0, keysMax).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return shown.flatMap(([key, rows]) => pack(table, key, rows));
}

/** Each operation on the first track that is free when it begins. */
function pack({ columns }: OperationTable, key: string, rows: readonly number[]): KeyTrack[] {
  const { startNs, endNs } = columns;
  const tracks: { rows: number[]; freeNs: number }[] = [];
  for (const row of rows) {
    const from = startNs[row] as number;
    let track = tracks.find(({ freeNs }) => freeNs <= from);
    if (track === undefined && tracks.length < tracksMax) {
      track = { rows: [], freeNs: 0 };
      tracks.push(track);
    }
    track ??= tracks.at(-1) as (typeof tracks)[number];
    track.rows.push(row);
    track.freeNs = Math.max(track.freeNs, endNs[row] as number);
  }
  return tracks.map((track, place) => ({ key, place, rows: Int32Array.from(track.rows) }));
}
