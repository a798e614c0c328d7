import { type FileState, diskStateAt } from '../model/disk_state.ts';
import { type Durability, type LogEntry, raftLogAt } from '../model/raft_log.ts';
import { h } from '../page/dom.ts';
import type { Session } from '../timeline/session.ts';
import { section } from './parts.ts';

const durabilityWords: Readonly<Record<Durability, string>> = {
  durable: 'durable',
  syncing: 'sync under way',
  cached: 'page cache only',
};

const restMs = 80;

/** Log and disk of a member: replayed from the run's beginning, so only for an event that one stays at. */
export function storageSections(
  session: Session,
  lane: number,
  event: number,
  go: (event: number) => void,
): HTMLElement {
  const place = h('div', { class: 'storage' });
  setTimeout(() => {
    if (place.isConnected)
      place.append(logSection(session, lane, event, go), diskSection(session, lane, event));
  }, restMs);
  return place;
}

/** The end of a member's log, with where each entry is: solid on the platter, hatched in the page cache. */
export function logSection(
  session: Session,
  lane: number,
  event: number,
  go: (event: number) => void,
): HTMLElement {
  const entries = raftLogAt(session.model, lane, event);
  if (entries.length === 0) return section('Log', h('p', { class: 'quiet' }, 'no entries in the trace yet'));
  const volatile = entries.filter(({ durability }) => durability !== 'durable').length;
  const cells = entries.toReversed().map((entry) => cell(entry, go));
  return section(
    'Log, its last entries',
    h('div', { class: 'log-cells' }, ...cells),
    h(
      'p',
      { class: 'quiet' },
      `up to index ${entries[0]?.index ?? 0}; `,
      volatile === 0 ? 'all durable' : `${volatile} would not survive a crash now`,
    ),
  );
}

function cell(entry: LogEntry, go: (event: number) => void): HTMLElement {
  const progress = entry.applied ? 'applied' : entry.committed ? 'committed' : 'not committed';
  const words = `entry ${entry.index}, term ${entry.term}: ${durabilityWords[entry.durability]}, ${progress}`;
  return h(
    'button',
    {
      type: 'button',
      class: `log-cell ${entry.durability} ${entry.committed ? 'committed' : ''}`,
      title: words,
      'aria-label': words,
      onclick: () => go(entry.event),
    },
    h('span', {}, String(entry.index % 1000)),
  );
}

const bytesText = (bytes: number): string =>
  bytes >= 10_000 ? `${(bytes / 1000).toFixed(0)} kB` : `${bytes.toLocaleString('en-US')} B`;

/** The member's files: how much of each is only in the page cache, and so what a crash now would lose. */
export function diskSection(session: Session, lane: number, event: number): HTMLElement {
  const { files, lyingSyncs, looseNames } = diskStateAt(session.model, lane, event);
  const lost = files.filter((file) => file.cachedBytes > 0);
  const sum = lost.reduce((total, file) => total + file.cachedBytes, 0);
  const verdict =
    sum === 0 && looseNames.length === 0
      ? 'A crash now would lose nothing that was written.'
      : `A crash now could lose ${bytesText(sum)} in ${lost.length} ${lost.length === 1 ? 'file' : 'files'}` +
        `${looseNames.length === 0 ? '' : ` and ${looseNames.length} changes of names`}.`;
  return section(
    'Disk',
    h('p', { class: sum > 0 ? 'at-risk' : '' }, verdict),
    lyingSyncs === 0
      ? null
      : h(
          'p',
          { class: 'illegal' },
          `${lyingSyncs} syncs said done and were not: more than shown may be lost.`,
        ),
    files.length === 0
      ? h('p', { class: 'quiet' }, 'no files')
      : h('ul', { class: 'files' }, ...files.map(fileRow)),
  );
}

function fileRow(file: FileState): HTMLElement {
  const { path, bytes, cachedBytes, syncingBytes } = file;
  const share = bytes === 0 ? 0 : Math.min(1, cachedBytes / bytes);
  const cached =
    cachedBytes === 0
      ? 'durable'
      : `${bytesText(cachedBytes)} in the page cache${syncingBytes > 0 ? ', sync under way' : ''}`;
  const bar = h('span', { class: 'file-bar', 'aria-hidden': 'true' }, h('span', { class: 'file-cached' }));
  // A sliver is shown even of little: it is what a crash would take.
  (bar.firstChild as HTMLElement).style.width = cachedBytes === 0 ? '0' : `${Math.max(8, share * 100)}%`;
  return h(
    'li',
    { title: path },
    h('span', { class: 'file-name' }, shortName(path)),
    h('span', { class: 'file-size' }, bytesText(bytes)),
    bar,
    h('span', { class: cachedBytes > 0 ? 'at-risk' : 'quiet' }, cached),
  );
}

/** A log segment's name is mostly zeros. */
function shortName(path: string): string {
  return path.replace(/^member\//, '').replaceAll(/0{6,}/g, '0\u2026');
}
