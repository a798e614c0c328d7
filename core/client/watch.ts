import { assert } from '../base/assert.ts';
import type { Token } from '../ports.ts';
import type { Event, WatchCreateRequest, WatchResponse } from '../server/api/index.ts';
import { toText } from '../base/bytes.ts';
import type { WatchAnswer } from './api.ts';
import type { WatchOptions } from './options.ts';
import type { WaitId } from './ports.ts';
import type { WatchId } from './task.ts';

/** One watch of a script, whatever stream carries it at the time. */
export class Watch {
  readonly id: WatchId;
  readonly options: WatchOptions;
  /** A member has answered that it serves this watch, on the present stream. */
  established = false;
  /** It was established once, on whatever stream. */
  wasEstablished = false;
  /** It was refused, and tried again with a new token. */
  renewedToken = false;
  /** The script that waits for the next answer, and its timer. */
  waiting: { readonly wait: WaitId; readonly timer: Token } | null = null;
  /** Everything below this revision has been told; 0: nothing, and nothing needs to be. */
  private nextRevision: number;
  private readonly answers: WatchAnswer[] = [];
  /** Events of an answer that goes on in the next. */
  private fragments: Event[] = [];
  /** The script has asked for progress that has not come. */
  private wantsProgress = false;
  private last: WatchAnswer | null = null;

  constructor(id: WatchId, options: WatchOptions) {
    this.id = id;
    this.options = options;
    this.nextRevision = options.start_revision ?? 0;
  }

  get ended(): boolean {
    return this.last !== null;
  }

  /** Where it goes on. */
  get resumesAt(): number {
    return this.nextRevision;
  }

  /** What to ask a member for, so that it goes on behind what was told. */
  createRequest(): WatchCreateRequest {
    const { created_notify: _, start_revision: __, ...rest } = this.options;
    const start = this.nextRevision === 0 ? {} : { start_revision: this.nextRevision };
    return { ...rest, ...start, watch_id: this.id };
  }

  /** The stream broke: what came of an unfinished answer will come again. */
  onBreak(): void {
    this.established = false;
    this.fragments = [];
  }

  onCreated(revision: number): void {
    this.established = true;
    this.renewedToken = false;
    // Without a start the watch begins behind the revision that the member had then; from there on nothing may be missed.
    if (this.nextRevision === 0) this.nextRevision = revision + 1;
    const first = !this.wasEstablished;
    this.wasEstablished = true;
    if (first && this.options.created_notify === true) this.answers.push({ kind: 'created', revision });
  }

  /** Puts an answer together that came in fragments; null: there is more to come. */
  assemble(response: WatchResponse): WatchResponse | null {
    if (!response.fragment && this.fragments.length === 0) return response;
    this.fragments.push(...response.events);
    if (response.fragment) return null;
    const events = this.fragments;
    this.fragments = [];
    return { ...response, events };
  }

  onResponse(response: WatchResponse): void {
    const { header, events } = response;
    if (response.canceled) this.onCanceled(response);
    else if (events.length === 0) this.onProgress(header.revision);
    else this.onEvents(events, header.revision);
  }

  private onCanceled({ compact_revision: compactRevision, cancel_reason: reason }: WatchResponse): void {
    this.end(
      compactRevision > 0
        ? { kind: 'compacted', compactRevision }
        : { kind: 'canceled', reason: toText(reason) },
    );
  }

  private onEvents(events: readonly Event[], revision: number): void {
    // Revisions come whole, so the last one is complete.
    this.nextRevision = (events.at(-1) as Event).kv.mod_revision + 1;
    this.answers.push({ kind: 'events', revision, events });
  }

  private onProgress(revision: number): void {
    // A watch that begins in the future is not set back by a bookmark of today.
    this.nextRevision = Math.max(this.nextRevision, revision + 1);
    if (this.options.progress_notify !== true && !this.wantsProgress) return;
    this.wantsProgress = false;
    this.answers.push({ kind: 'progress', revision });
  }

  askedForProgress(): void {
    this.wantsProgress = true;
  }

  end(answer: WatchAnswer): void {
    assert(!this.ended, 'a watch ends once');
    this.last = answer;
    this.answers.push(answer);
  }

  /** The next answer, or null if there is none yet. The last one stays. */
  take(): WatchAnswer | null {
    return this.answers.shift() ?? this.last;
  }
}
