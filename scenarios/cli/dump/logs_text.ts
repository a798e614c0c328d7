import type { Style } from '../format.ts';
import { grouped, plural } from '../format.ts';
import { entryWords } from './entry_words.ts';
import { base64, hexId } from './readable.ts';
import type { DumpedSnap } from './snap_dump.ts';
import type { DumpedEntry, DumpedSegment, WalDump } from './wal_dump.ts';

/** Which entries to show. */
export interface Selection {
  readonly from: number;
  readonly limit: number;
}

export interface LogsDump {
  readonly wal: WalDump;
  readonly snaps: readonly DumpedSnap[];
  readonly selection: Selection;
}

/** What a person reads of a log. */
export function logsText(dump: LogsDump, style: Style): string {
  const { wal, snaps } = dump;
  const { term, vote, commit } = wal.hardState;
  const out = [
    style(`member ${hexId(wal.node)} of cluster ${hexId(wal.cluster)}`, 'bold'),
    '',
    'log files',
    ...wal.segments.map(segmentLine),
    '',
    'snapshots',
    ...wal.snapshots.map((mark) => `  the log's record of term ${mark.term}, index ${mark.index}`),
    ...snaps.map((snap) => {
      const line = `  ${snap.name}  ${plural(snap.sizeBytes, 'byte')}: ${snap.text}`;
      return snap.status === 'damaged' ? style(line, 'red') : line;
    }),
    '',
    'hard state',
    `  term ${term}, vote ${vote === 0n ? 'none' : hexId(vote)}, commit ${commit}`,
    '',
    ...entryLines(dump, style),
  ];
  if (wal.damage !== null) out.push('', ...damageLines(wal, style));
  return out.join('\n');
}

function segmentLine({ name, sizeBytes, records, logBytes, status }: DumpedSegment): string {
  const size = `  ${name}  ${plural(sizeBytes, 'byte')}`;
  if (status === 'skipped') return `${size}, not read: what stands before it is missing or damaged`;
  return `${size}, of which ${grouped(logBytes)} hold ${plural(records, 'record')}`;
}

/** The entries that were asked for. */
function selected({ wal, selection }: LogsDump): {
  readonly shown: readonly DumpedEntry[];
  readonly more: number;
} {
  const wanted = wal.entries.filter(({ entry }) => entry.index >= selection.from);
  const shown = wanted.slice(0, selection.limit);
  return { shown, more: wanted.length - shown.length };
}

function entryLines(dump: LogsDump, style: Style): string[] {
  const { entries, hardState } = dump.wal;
  const { shown, more } = selected(dump);
  const live = entries.filter(({ replaced }) => !replaced);
  const range = live.length === 0 ? '' : `, index ${live[0]?.entry.index} to ${live.at(-1)?.entry.index}`;
  const out = [`entries: ${grouped(live.length)}${range}`];
  const longest = shown.reduce((highest, { entry }) => Math.max(highest, entry.index), 0);
  const width = Math.max(5, String(longest).length);
  if (shown.length > 0) out.push(style(`  ${'index'.padStart(width)}  term  what`, 'dim'));
  for (const { entry, replaced } of shown) {
    const { kind, text } = entryWords(entry);
    const words = kind === 'request' ? text : `${kind}: ${text}`;
    const open = replaced
      ? '  (replaced below)'
      : entry.index > hardState.commit
        ? '  (not known committed)'
        : '';
    const line = `  ${String(entry.index).padStart(width)}  ${String(entry.term).padStart(4)}  ${words}${open}`;
    out.push(replaced ? style(line, 'dim') : line);
  }
  if (more > 0) out.push(style(`  and ${plural(more, 'more entry', 'more entries')}`, 'dim'));
  return out;
}

function damageLines({ damage }: WalDump, style: Style): string[] {
  if (damage === null) return [];
  const { file, offsetBytes, text, verdict } = damage;
  const consequence =
    verdict === 'repairable'
      ? 'A crash can leave this where nothing had been synced yet: opening the log repairs it.'
      : 'No crash leaves this: opening the log fails. What stands before it is shown above.';
  return [style(`DAMAGED  ${file} at byte ${grouped(offsetBytes)}`, 'red'), `  ${text}`, `  ${consequence}`];
}

/** The same for programs. Data is base64; ids are hexadecimal, as etcd prints them. */
export function logsJson(dump: LogsDump): unknown {
  const { wal, snaps } = dump;
  const { shown, more } = selected(dump);
  return {
    node: hexId(wal.node),
    cluster: hexId(wal.cluster),
    segments: wal.segments,
    snapshots: wal.snapshots,
    snapFiles: snaps,
    hardState: { ...wal.hardState, vote: hexId(wal.hardState.vote) },
    entries: shown.map(({ entry, replaced }) => {
      const { index, term, type, data } = entry;
      return { index, term, type, replaced, ...entryWords(entry), data: base64(data) };
    }),
    entriesNotShown: more,
    damage: wal.damage,
  };
}
