import type { RunInfo } from '../../sim/trace/run_info.ts';
import { type Child, h } from '../page/dom.ts';
import { durationText } from '../scale/time_format.ts';
import { plainName } from '../words/plain_name.ts';
import { keysBody } from './keys_look.ts';
import type { LeasesLook, MemberLook, RaftLook, WatcherLook, WatchesLook } from './member_look.ts';
import { facts } from './parts.ts';

export interface LookSection {
  readonly title: string;
  readonly body: readonly Child[];
}

/** A member's state in words, a part for each thing that it keeps. */
export function lookSections(look: MemberLook, info: RunInfo): readonly LookSection[] {
  const { raft, store, watches, leases } = look;
  const sections: LookSection[] = [];
  if (raft !== null) sections.push({ title: 'Raft', body: raftBody(raft, info) });
  if (store !== null) sections.push({ title: `Keys (${count(store.keyCount)})`, body: keysBody(store) });
  if (watches !== null) sections.push({ title: 'Watchers', body: watchesBody(watches) });
  if (leases !== null)
    sections.push({ title: `Leases (${count(leases.list.length)})`, body: leasesBody(leases) });
  return sections;
}

const count = (value: number): string => value.toLocaleString('en-US');
const memberName = (member: number): string => (member === 0 ? 'none' : `n${member}`);
const quiet = (words: string): HTMLElement => h('p', { class: 'quiet' }, words);

/** Rows of texts under headings, in a box that scrolls by itself where it is too wide. */
export function table(headings: readonly string[], rows: readonly (readonly Child[])[]): HTMLElement {
  return h(
    'div',
    { class: 'look-table', tabindex: 0, role: 'group', 'aria-label': headings.join(', ') },
    h(
      'table',
      {},
      h('thead', {}, h('tr', {}, ...headings.map((heading) => h('th', { scope: 'col' }, heading)))),
      h('tbody', {}, ...rows.map((cells) => h('tr', {}, ...cells.map((cell) => h('td', {}, cell))))),
    ),
  );
}

function raftBody(raft: RaftLook, { options }: RunInfo): Child[] {
  const names = (members: readonly number[]): string => members.map(memberName).join(' ');
  const body: Child[] = [
    facts([
      ['role', plainName(raft.role)],
      ['term', String(raft.term)],
      ['voted for', memberName(raft.vote)],
      ['leader', raft.leader === 0 ? 'unknown' : memberName(raft.leader)],
      ['commit, applied', `${raft.commit}, ${raft.applied} of ${raft.last}`],
      [
        'voters',
        names(raft.voters) + (raft.outgoing.length > 0 ? ` and ${names(raft.outgoing)}, joint` : ''),
      ],
      ...(raft.learners.length > 0 ? ([['learners', names(raft.learners)]] as const) : []),
      ...(raft.transferee > 0 ? ([['hands over to', memberName(raft.transferee)]] as const) : []),
    ]),
  ];
  if (raft.progress.length === 0) return body;
  const rows = raft.progress.map((one) => [
    memberName(one.member) + (one.learner ? ' (learner)' : ''),
    one.state + (one.paused ? ', paused' : ''),
    String(one.match),
    String(one.next),
    String(one.inflight),
    one.recentActive ? 'yes' : 'no',
  ]);
  body.push(
    h('h4', {}, `What the leader knows of ${options.members === 1 ? 'itself' : 'each member'}`),
    table(['member', 'state', 'match', 'next', 'in flight', 'heard'], rows),
  );
  return body;
}

function watchesBody({ synced, unsynced, victims, streams }: WatchesLook): Child[] {
  if (synced.length + unsynced.length + victims.length === 0) return [quiet('no watchers here')];
  const group = (title: string, meaning: string, watchers: readonly WatcherLook[]): Child[] => [
    h('h4', {}, `${title} (${watchers.length}): ${meaning}`),
    watchers.length === 0 ? null : watcherTable(watchers, streams),
  ];
  return [
    ...group('synced', 'get each change as it happens', synced),
    ...group('unsynced', 'read old revisions first', unsynced),
    ...group('victims', 'their stream had no room; their events wait', victims),
  ];
}

function watcherTable(watchers: readonly WatcherLook[], streams: WatchesLook['streams']): HTMLElement {
  return table(
    ['stream', 'id', 'range', 'from', 'next', 'waiting'],
    watchers.map(({ stream, id, range, start, next }) => [
      String(stream),
      String(id),
      range,
      start === 0 ? 'now' : String(start),
      String(next),
      String(streams[stream - 1]?.answers ?? 0),
    ]),
  );
}

function leasesBody({ primary, list }: LeasesLook): Child[] {
  if (list.length === 0) return [quiet('no leases')];
  return [
    quiet(
      primary
        ? 'Their time runs here: this member leads.'
        : 'Only the leader measures their time; what is left is not known here.',
    ),
    table(
      ['lease', 'granted', 'left', 'keys'],
      list.map(({ id, grantedSeconds, leftMs, keys }) => [
        id,
        `${grantedSeconds} s`,
        leftMs === null ? '\u2013' : leftMs <= 0 ? 'expired' : durationText(leftMs * 1e6),
        keys.join(', '),
      ]),
    ),
  ];
}
