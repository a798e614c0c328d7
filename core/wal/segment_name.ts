/** A segment file: its number in the log, and the first raft index whose entry may be in it. */
export interface SegmentName {
  readonly sequence: number;
  readonly firstIndex: number;
}

const pattern = /^([0-9a-f]{16})-([0-9a-f]{16})\.wal$/;

/** `%016x-%016x.wal` */
export function formatSegmentName({ sequence, firstIndex }: SegmentName): string {
  return `${hex16(sequence)}-${hex16(firstIndex)}.wal`;
}

/** Null if the name is not a segment's. */
export function parseSegmentName(name: string): SegmentName | null {
  const match = pattern.exec(name);
  if (match === null) return null;
  const segment = {
    sequence: Number.parseInt(match[1] ?? '', 16),
    firstIndex: Number.parseInt(match[2] ?? '', 16),
  };
  const safe = Number.isSafeInteger(segment.sequence) && Number.isSafeInteger(segment.firstIndex);
  return safe ? segment : null;
}

function hex16(value: number): string {
  return value.toString(16).padStart(16, '0');
}
