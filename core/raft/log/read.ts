import { countWithin, entriesBytes, type Entry } from '../entry.ts';
import { compactedError, type RaftError } from '../errors.ts';
import { fail } from '../fail.ts';
import { firstIndex, lastIndex, type RaftLog } from './raft_log.ts';
import { noEntries } from './unstable.ts';

function withinBytes(entries: readonly Entry[], bytesMax: number): readonly Entry[] {
  const count = countWithin(entries, bytesMax);
  return count === entries.length ? entries : entries.slice(0, count);
}

/** Entries from `low` to the end of the log, at least one and as many as fit; compacted if they are gone. */
export function entriesFrom(log: RaftLog, low: number, bytesMax: number): readonly Entry[] | RaftError {
  const end = lastIndex(log) + 1;
  return low >= end ? noEntries : readEntries(log, low, end, bytesMax);
}

/** Entries [low, high) across the stable part and the unstable tail, at least one and as many as fit. */
export function readEntries(
  log: RaftLog,
  low: number,
  high: number,
  bytesMax: number,
): readonly Entry[] | RaftError {
  if (low < firstIndex(log)) return compactedError;
  if (low > high || high > lastIndex(log) + 1) fail(`entries [${low}, ${high}) are out of the log`);
  if (low === high) return noEntries;
  const { offset, entries: tail } = log.unstable;
  if (low >= offset) return withinBytes(tail.slice(low - offset, high - offset), bytesMax);
  const cut = Math.min(high, offset);
  const stable = log.storage.entries(low, cut, bytesMax);
  if (!isEntries(stable)) {
    if (stable !== compactedError) fail(`entries [${low}, ${cut}) are unavailable from storage`);
    return stable;
  }
  if (high <= offset || stable.length < cut - low) return stable;
  if (bytesMax === Infinity) return [...stable, ...tail.slice(0, high - offset)];
  const left = bytesMax - entriesBytes(stable);
  if (left <= 0) return stable;
  const rest = withinBytes(tail.slice(0, high - offset), left);
  // The one entry that is always granted may be too large here, where there is something else to return.
  if (rest.length === 1 && entriesBytes(rest) > left) return stable;
  return [...stable, ...rest];
}

export function isEntries(result: readonly Entry[] | RaftError): result is readonly Entry[] {
  return Array.isArray(result);
}
