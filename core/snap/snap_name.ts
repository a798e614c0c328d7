/** Which snapshot a `.snap` file holds, as its name says. */
export interface SnapName {
  readonly term: number;
  readonly index: number;
}

const snapPattern = /^([0-9a-f]{16})-([0-9a-f]{16})\.snap$/;
const dbPattern = /^([0-9a-f]{16})\.snap\.db$/;

/** `%016x-%016x.snap`, term first: names sort as snapshots do. */
export function formatSnapName({ term, index }: SnapName): string {
  return `${hex16(term)}-${hex16(index)}.snap`;
}

/** Null if the name is not that of a snapshot file. */
export function parseSnapName(name: string): SnapName | null {
  const match = snapPattern.exec(name);
  if (match === null) return null;
  const term = Number.parseInt(match[1] ?? '', 16);
  const index = Number.parseInt(match[2] ?? '', 16);
  return Number.isSafeInteger(term) && Number.isSafeInteger(index) ? { term, index } : null;
}

/** `%016x.snap.db`: the backend that came with the snapshot of this index. */
export function formatSnapDbName(index: number): string {
  return `${hex16(index)}.snap.db`;
}

/** The snapshot's index; null if the name is not that of a received backend. */
export function parseSnapDbName(name: string): number | null {
  const match = dbPattern.exec(name);
  const index = match === null ? null : Number.parseInt(match[1] ?? '', 16);
  return index !== null && Number.isSafeInteger(index) ? index : null;
}

function hex16(value: number): string {
  return value.toString(16).padStart(16, '0');
}
