import { Kind, argument } from '../../sim/trace/kinds.ts';
import type { RunModel } from './run_model.ts';

export const watchFlaws = ['gap', 'duplicate', 'backward'] as const;
export type WatchFlaw = (typeof watchFlaws)[number];

/** What a watch heard: a batch of events, or news of the revision without any. */
export interface WatchPoint {
  readonly event: number;
  readonly atNs: number;
  /** The last event's, or the one that was reported. */
  readonly revision: number;
  readonly kind: 'events' | 'progress' | 'opened' | 'resumed' | 'end';
  /** What is wrong with it, as far as the other watches' events tell. */
  readonly flaws: readonly WatchFlaw[];
}

/** One watch of a client, from when it was opened. */
export interface WatchTrack {
  readonly watch: number;
  /** The client's lane. */
  readonly lane: number;
  readonly range: string;
  readonly points: readonly WatchPoint[];
}

const watchNumber = argument('watched', 'watch');
const watchRevision = argument('watched', 'revision');
const watchText = argument('watched', 'text');

interface Told {
  readonly kind: string;
  readonly key?: string;
  readonly rangeEnd?: string;
  readonly startRevision?: number;
  readonly filters?: readonly string[];
  readonly events?: readonly string[];
}

interface Change {
  readonly key: string;
  readonly revision: number;
}

/** "put key = value \@12", "delete key \@13". */
function changeOf(text: string): Change | null {
  const found = /^(?:put (.*?) = [\s\S]*|delete (.*)) @(\d+)$/.exec(text);
  if (found === null) return null;
  return { key: found[1] ?? found[2] ?? '', revision: Number(found[3]) };
}

class Track {
  readonly points: WatchPoint[] = [];
  readonly watch: number;
  readonly lane: number;
  readonly told: Told;
  /** The next revision that it is to hear; 0: unknown, since it began with whatever was the present. */
  private next: number;
  private last = 0;
  private readonly heard = new Set<string>();

  constructor(watch: number, lane: number, told: Told) {
    this.watch = watch;
    this.lane = lane;
    this.told = told;
    this.next = told.startRevision ?? 0;
  }

  get range(): string {
    const { key = '', rangeEnd } = this.told;
    return rangeEnd === undefined || rangeEnd === ''
      ? key
      : `${key} to ${rangeEnd === '\0' ? 'the end' : rangeEnd}`;
  }

  private covers(key: string): boolean {
    const { key: low = '', rangeEnd = '' } = this.told;
    if (rangeEnd === '') return key === low;
    return key >= low && (rangeEnd === '\0' || key < rangeEnd);
  }

  hear(event: number, atNs: number, revision: number, told: Told, known: readonly Change[]): void {
    if (told.kind !== 'events') {
      this.progress(event, atNs, revision, told, known);
      return;
    }
    const flaws = new Set<WatchFlaw>();
    const changes = (told.events ?? []).map(changeOf).filter((change) => change !== null);
    const lowest = Math.min(...changes.map((change) => change.revision));
    if (this.misses(known, lowest)) flaws.add('gap');
    for (const change of changes) {
      const name = `${change.revision}/${change.key}`;
      if (this.heard.has(name)) flaws.add('duplicate');
      else if (change.revision < this.last) flaws.add('backward');
      this.heard.add(name);
      this.last = Math.max(this.last, change.revision);
    }
    this.next = Math.max(this.next, this.last + 1);
    this.points.push({
      event,
      atNs,
      revision: changes.at(-1)?.revision ?? revision,
      kind: 'events',
      flaws: [...flaws],
    });
  }

  private progress(
    event: number,
    atNs: number,
    revision: number,
    told: Told,
    known: readonly Change[],
  ): void {
    const kind = told.kind === 'progress' || told.kind === 'resumed' ? told.kind : 'end';
    const flaws: WatchFlaw[] = [];
    if (told.kind === 'created') {
      if (this.next === 0) this.next = revision + 1;
      this.points.push({ event, atNs, revision, kind: 'opened', flaws });
      return;
    }
    if (told.kind === 'progress') {
      // A report promises that everything up to its revision was told.
      if (this.misses(known, revision + 1)) flaws.push('gap');
      this.next = Math.max(this.next, revision + 1);
    }
    this.points.push({ event, atNs, revision: kind === 'end' ? this.last : revision, kind, flaws });
  }

  /** Whether something that it watches happened from what it was to hear next on, before `revision`, and was not told. */
  private misses(known: readonly Change[], revision: number): boolean {
    if (this.next === 0 || (this.told.filters ?? []).length > 0) return false;
    for (let at = firstFrom(known, this.next); at < known.length; at++) {
      const change = known[at] as Change;
      if (change.revision >= revision) return false;
      if (this.covers(change.key) && !this.heard.has(`${change.revision}/${change.key}`)) return true;
    }
    return false;
  }
}

function firstFrom(known: readonly Change[], revision: number): number {
  let low = 0;
  let high = known.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((known[middle] as Change).revision < revision) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Every watch with what it heard, by client and then in the order of opening. What happened is known by what any watch heard of it. */
export function watchTracks({ trace, rare }: Pick<RunModel, 'trace' | 'rare'>): readonly WatchTrack[] {
  const events = [...(rare.get(-1)?.watched.refs ?? [])].filter((at) => trace.kinds[at] === Kind.watched);
  const told = events.map((event) => JSON.parse(trace.text(event, watchText)) as Told);
  const known = knownChanges(told);
  const tracks = new Map<number, Track>();
  events.forEach((event, i) => {
    const watch = trace.arg(event, watchNumber);
    const words = told[i] as Told;
    const track = tracks.get(watch);
    if (track === undefined) tracks.set(watch, new Track(watch, trace.lanes[event] as number, words));
    else track.hear(event, trace.timesNs[event] as number, trace.arg(event, watchRevision), words, known);
  });
  return [...tracks.values()].sort((a, b) => a.lane - b.lane || a.watch - b.watch);
}

function knownChanges(told: readonly Told[]): readonly Change[] {
  const byName = new Map<string, Change>();
  for (const { events } of told) {
    for (const text of events ?? []) {
      const change = changeOf(text);
      if (change !== null) byName.set(`${change.revision}/${change.key}`, change);
    }
  }
  return [...byName.values()].sort((a, b) => a.revision - b.revision || (a.key < b.key ? -1 : 1));
}
