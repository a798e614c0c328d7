import type { WatchEvent, WatchRecord, WatchResponse } from '../history/etcd_history.ts';
import type { Pair } from '../history/etcd_operation.ts';
import { inRange } from '../history/key_order.ts';
import type { TimeText } from '../linearizability/wording.ts';
import type { Changes } from '../store/changes.ts';
import type { WatchGuarantee } from './guarantees.ts';
import { WatchWords, eventText } from './watch_words.ts';

/** The first thing a watch heard that it must not have heard, or missed. */
export interface WatchViolation {
  readonly guarantee: WatchGuarantee;
  readonly watch: number;
  readonly sentence: string;
  readonly lines: readonly string[];
  readonly atNs: number;
  /** The revision in question. */
  readonly revision: number;
  readonly key: string | null;
}

const notLooked = -2;

/** Goes through one watch from its first response to its last. */
export class WatchReader {
  events = 0;
  private readonly watch: WatchRecord;
  private readonly changes: Changes | null;
  /** The highest revision that anybody asked to compact. */
  private readonly compacted: number;
  private readonly time: TimeText;
  private readonly single: boolean;
  private violation: WatchViolation | null = null;
  private atNs = 0;
  /** Events below this revision must not come. */
  private start = 0;
  private last = 0;
  private lastResponse: WatchResponse | null = null;
  /** The keys of the last revision: the first, and if there are more, all in the set. */
  private lastKey = '';
  private readonly lastKeys = new Set<string>();
  private progress = 0;
  /** The next change due, or for a single key the next of its own changes. */
  private next = 0;
  private heard = false;
  /** False while it is not known from where on the watch is to hear. */
  private anchored = false;
  /** Per key of the store: 1 if it is in the range. */
  private readonly wanted: Uint8Array;
  /** The changes of a single key; null for a range. */
  private readonly own: readonly number[] | null;
  /** The change that is due now, once it was looked up: -1 for none, -2 if it was not. */
  private dueNow = notLooked;
  private readonly words: WatchWords;

  constructor(watch: WatchRecord, changes: Changes | null, compacted: number, time: TimeText) {
    this.watch = watch;
    this.changes = changes;
    this.compacted = compacted;
    this.time = time;
    this.words = new WatchWords(changes, time);
    const { key, rangeEnd } = watch.request;
    this.single = rangeEnd === undefined || rangeEnd === '';
    this.wanted = Uint8Array.from(changes?.table.keys ?? [], (each) =>
      inRange(each, key, rangeEnd) ? 1 : 0,
    );
    const id = changes?.table.find(key) ?? -1;
    this.own = !this.single ? null : id < 0 ? [] : (changes?.ofKey[id] as number[]);
  }

  read(): WatchViolation | null {
    const { responses, request } = this.watch;
    this.start = request.startRevision ?? 0;
    // Without a start revision the watch begins behind the revision that its creation was answered with.
    if (this.start === 0) this.start = responses[0]?.kind === 'created' ? responses[0].revision + 1 : 0;
    this.anchored = this.start > 0;
    this.seek(this.start);
    for (const response of responses) {
      this.atNs = response.ns;
      if (response.kind === 'progress') this.onProgress(response);
      else if (response.kind === 'canceled') this.onCanceled(response);
      else if (response.kind === 'events') this.onEvents(response);
      if (this.violation !== null) break;
    }
    return this.violation;
  }

  private fail(guarantee: WatchGuarantee, revision: number, key: string | null, what: string): void {
    const { watch, time } = this;
    const { key: from, rangeEnd, startRevision } = watch.request;
    const range = this.single ? from : `${from}..${rangeEnd === '\0' ? '' : rangeEnd}`;
    const since = (startRevision ?? 0) > 0 ? ` from revision ${startRevision}` : '';
    const who = watch.client === undefined ? `watch ${watch.id}` : `watch ${watch.id} of ${watch.client}`;
    this.violation ??= {
      guarantee,
      watch: watch.id,
      sentence: `${who} on ${range}${since}: ${what}, at ${time(this.atNs)}`,
      lines: this.words.context(this.watch, revision),
      atNs: this.atNs,
      revision,
      key,
    };
  }

  // --- responses

  private onProgress({ revision }: WatchResponse): void {
    if (revision < this.progress) {
      this.fail(
        'bookmarkable',
        revision,
        null,
        `progress went back from revision ${this.progress} to ${revision}`,
      );
    }
    this.progress = Math.max(this.progress, revision);
    const due = this.due();
    if (due < 0 || (this.changes?.revision[due] as number) > revision) return;
    const missing = this.changes?.revision[due] as number;
    const key = this.words.keyOf(due);
    const late = this.comesLater(missing, key);
    // What comes behind its progress is lost only for a client that resumes there; what never comes is lost for all.
    const rest = late === null ? 'was not' : `came only at ${this.time(late.ns)}`;
    this.fail(
      late === null ? 'reliable' : 'bookmarkable',
      missing,
      key,
      `progress was told at revision ${revision}, but ${this.words.changeText(due)} ${rest}`,
    );
  }

  /** Where an event is told that was due before; only asked on a violation. */
  private comesLater(revision: number, key: string): WatchResponse | null {
    const isIt = (event: WatchEvent): boolean => event.modRevision === revision && event.key === key;
    return this.watch.responses.find(({ events }) => events?.some(isIt) === true) ?? null;
  }

  private onCanceled({ compactRevision }: WatchResponse): void {
    if (compactRevision === undefined || compactRevision === 0) return;
    const needed = Math.max(this.start, this.last + 1, this.progress + 1);
    if (needed >= compactRevision) {
      this.fail(
        'reliable',
        compactRevision,
        null,
        `cancelled as compacted at revision ${compactRevision}, but it needed nothing below ${needed}`,
      );
    } else if (compactRevision > this.compacted) {
      this.fail(
        'reliable',
        compactRevision,
        null,
        `cancelled as compacted at revision ${compactRevision}, which nobody asked for`,
      );
    }
  }

  private onEvents(response: WatchResponse): void {
    for (const event of response.events ?? []) {
      this.events++;
      this.onEvent(event, response);
      if (this.violation !== null) return;
    }
    if (response.revision < this.last) {
      this.fail(
        'ordered',
        this.last,
        null,
        `a response of revision ${response.revision} holds an event of revision ${this.last}`,
      );
    }
  }

  private onEvent(event: WatchEvent, response: WatchResponse): void {
    const { key, modRevision } = event;
    const { request } = this.watch;
    if (!this.isWanted(key)) {
      return this.fail(
        'filter',
        modRevision,
        key,
        `it heard of ${eventText(event)}, which is not in its range`,
      );
    }
    if (event.type === 'put' ? request.noPut === true : request.noDelete === true) {
      return this.fail(
        'filter',
        modRevision,
        key,
        `it heard of ${eventText(event)}, which it had filtered out`,
      );
    }
    if (modRevision < this.start) {
      return this.fail(
        'notBefore',
        modRevision,
        key,
        `it heard of ${eventText(event)}, before revision ${this.start}`,
      );
    }
    if (modRevision < this.last) {
      return this.fail(
        'ordered',
        modRevision,
        key,
        `it heard of ${eventText(event)} after an event of revision ${this.last}`,
      );
    }
    if (modRevision <= this.progress) {
      return this.fail(
        'bookmarkable',
        modRevision,
        key,
        `it heard of ${eventText(event)} after progress at revision ${this.progress}`,
      );
    }
    const isNext = modRevision > this.last;
    if (!isNext && (key === this.lastKey || this.lastKeys.has(key))) {
      return this.fail('unique', modRevision, key, `it heard of ${eventText(event)} twice`);
    }
    if (!isNext && this.lastResponse !== response && this.lastResponse?.fragment !== true) {
      return this.fail(
        'atomic',
        modRevision,
        key,
        `it heard of ${eventText(event)} in another response than of the rest of its revision`,
      );
    }
    if (isNext) this.oneKey(key);
    else this.lastKeys.add(key);
    this.last = modRevision;
    this.lastResponse = response;
    if (this.changes !== null) this.compare(event, this.changes);
  }

  private oneKey(key: string): void {
    this.lastKey = key;
    if (this.lastKeys.size > 0) this.lastKeys.clear();
  }

  private isWanted(key: string): boolean {
    const { request } = this.watch;
    if (this.single) return key === request.key;
    // Nearly always it is what is due, and then nothing has to be looked up.
    const due = this.due();
    if (due >= 0 && key === this.words.keyOf(due)) return true;
    const id = this.changes?.table.find(key) ?? -1;
    return id >= 0 ? this.wanted[id] === 1 : inRange(key, request.key, request.rangeEnd);
  }

  // --- against the store's changes

  /** Positions in `next`: of all changes, or of one key's. */
  private seek(revision: number): void {
    const { changes } = this;
    if (changes === null) return;
    this.dueNow = notLooked;
    const { own } = this;
    if (own === null) {
      this.next = changes.firstFrom(revision);
      return;
    }
    while (this.next < own.length && (changes.revision[own[this.next] as number] as number) < revision)
      this.next++;
  }

  /** The next change that the watch is to hear of, or -1. */
  private due(): number {
    if (this.dueNow === notLooked) this.dueNow = this.lookUp();
    return this.dueNow;
  }

  private lookUp(): number {
    const { changes, watch, own, wanted } = this;
    if (changes === null || !this.anchored) return -1;
    const { noPut, noDelete } = watch.request;
    const { key, create } = changes;
    const count = own === null ? changes.count : own.length;
    for (; this.next < count; this.next++) {
      const change = own === null ? this.next : (own[this.next] as number);
      if (own === null && wanted[key[change] as number] === 0) continue;
      if (create[change] === 0 ? noDelete !== true : noPut !== true) return change;
    }
    return -1;
  }

  private compare(event: WatchEvent, changes: Changes): void {
    if (!this.anchored) {
      this.anchored = true;
      this.seek(event.modRevision);
    }
    const due = this.due();
    const wanted: WatchGuarantee = this.heard ? 'reliable' : 'resumable';
    this.heard = true;
    if (due < 0)
      return this.fail(
        'reliable',
        event.modRevision,
        event.key,
        `it heard of ${eventText(event)}, which the store never did`,
      );
    const revision = changes.revision[due] as number;
    if (revision < event.modRevision) {
      return this.fail(
        wanted,
        revision,
        this.words.keyOf(due),
        `it heard of ${eventText(event)}, but not of ${this.words.changeText(due)}`,
      );
    }
    const isPut = changes.create[due] !== 0;
    const same =
      event.key === this.words.keyOf(due) &&
      (event.type === 'put') === isPut &&
      (!isPut || event.value === changes.value[due]);
    if (revision > event.modRevision || !same) {
      const instead =
        revision === event.modRevision ? `; the store's change is ${this.words.changeText(due)}` : '';
      return this.fail(
        'reliable',
        event.modRevision,
        event.key,
        `it heard of ${eventText(event)}, which the store never did${instead}`,
      );
    }
    this.details(event, due, changes);
    this.next++;
    this.dueNow = notLooked;
  }

  private details(event: WatchEvent, due: number, changes: Changes): void {
    const { key, modRevision } = event;
    const isPut = event.type === 'put';
    if (isPut && event.version !== undefined && event.version !== changes.version[due]) {
      return this.fail(
        'reliable',
        modRevision,
        key,
        `${eventText(event)} came as version ${event.version}, but it is version ${changes.version[due]}`,
      );
    }
    const created = isPut && changes.create[due] === modRevision;
    const told =
      event.isCreate ??
      (event.createRevision === undefined || !isPut ? created : event.createRevision === modRevision);
    if (
      isPut &&
      (told !== created ||
        (event.createRevision !== undefined && event.createRevision !== changes.create[due]))
    ) {
      const truth = created
        ? 'the key did not exist before'
        : `the key exists since revision ${changes.create[due]}`;
      return this.fail(
        'isCreate',
        modRevision,
        key,
        `${eventText(event)} came as ${told ? 'creating its key' : 'changing a key'}, but ${truth}`,
      );
    }
    if (event.prevKv !== undefined) this.previous(event, due, changes, event.prevKv);
  }

  private previous(event: WatchEvent, due: number, changes: Changes, told: Pair | null): void {
    const before = changes.foundKey(due) ? (changes.previous[due] as number) : -1;
    if (told === null) {
      // The store looks the pair up when it sends the event: by then it may be compacted.
      if (before < 0 || event.modRevision - 1 < this.compacted || this.watch.request.prevKv !== true) return;
      return this.fail(
        'prevKv',
        event.modRevision,
        event.key,
        `${eventText(event)} came without the pair before, ${this.words.changeText(before)}`,
      );
    }
    const right =
      before >= 0 &&
      told.value === changes.value[before] &&
      (told.modRevision === undefined || told.modRevision === changes.revision[before]) &&
      (told.version === undefined || told.version === changes.version[before]) &&
      (told.createRevision === undefined || told.createRevision === changes.create[before]);
    if (right) return;
    const truth = before < 0 ? 'the key did not exist' : this.words.changeText(before);
    this.fail(
      'prevKv',
      event.modRevision,
      event.key,
      `${eventText(event)} came with ${JSON.stringify(told.value)} of revision ${told.modRevision ?? '?'} as the pair before, but that is ${truth}`,
    );
  }
}
