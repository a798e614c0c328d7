import { assert } from '../base/assert.ts';
import { emptyByteString, type ByteString } from '../base/bytes.ts';
import type { BugSwitches } from '../bugs.ts';
import { nsPerMs } from '../limits.ts';
import { keyRange } from '../mvcc/index.ts';
import type { Random } from '../ports.ts';
import { isCreation } from './event.ts';
import { fragmentsOf } from './fragments.ts';
import { noWatchId, type Event, type WatchCreateRequest, type WatchResponse } from './messages.ts';
import type { WatchSource } from './source.ts';
import type { WatchLimits } from './watch_limits.ts';
import { WatchErrors } from './watch_error.ts';
import { filterEvents, newWatcher, type Watcher, type WatcherOutput } from './watcher.ts';

/** What a stream needs of the watchable store. */
export interface WatchHost {
  readonly source: WatchSource;
  readonly limits: WatchLimits;
  readonly bugs: BugSwitches;
  add(watcher: Watcher): void;
  remove(watcher: Watcher): void;
  progressRevision(watchers: Iterable<Watcher>): number | null;
  becameReady(stream: WatchStream): void;
  closed(stream: WatchStream): void;
}

/** An answer that waits for the connection. With a watcher, it may need work when it is sent. */
interface Queued {
  readonly response: WatchResponse;
  readonly watcher: Watcher | null;
  /** Counts against the control buffer, not against the channel. */
  readonly control: boolean;
}

/** One shape for all answers, spelled out because there are many of them. */
function answer(watch_id: number, revision: number, events: readonly Event[] = []): WatchResponse {
  return {
    revision,
    watch_id,
    created: false,
    canceled: false,
    compact_revision: 0,
    cancel_reason: emptyByteString,
    fragment: false,
    events,
  };
}

/**
 * One client's watch stream. Its watchers share one channel; answers to the client's own requests have a buffer of their
 * own. Both leave in the order in which they came about, so that nothing overtakes: a watcher's
 * events come after its `created`, and progress comes after the events it speaks of.
 */
export class WatchStream implements WatcherOutput {
  private readonly host: WatchHost;
  private readonly watchers = new Map<number, Watcher>();
  /** Ids of watchers that a compaction has ended. They stay taken until the client cancels them, too, as in etcd. */
  private readonly ended = new Set<number>();
  private queue: Queued[] = [];
  private channelUsed = 0;
  private controlUsed = 0;
  /** The rest of an answer that was split. */
  private fragments: WatchResponse[] = [];
  private nextId = 0;
  private isClosed = false;
  private readonly progressIntervalNs: number;
  private nextProgressNs: number;

  constructor(host: WatchHost, nowNs: number, random: Random) {
    this.host = host;
    // Up to a tenth later, so that streams opened at the same time do not report at the same time.
    const { progressIntervalMs } = host.limits;
    const jitterMs = random.below(Math.max(1, Math.floor(progressIntervalMs / 10)));
    this.progressIntervalNs = (progressIntervalMs + jitterMs) * nsPerMs;
    this.nextProgressNs = nowNs + this.progressIntervalNs;
  }

  // --- the client's requests

  /** False: the answers to earlier requests fill their buffer, so the next request has to wait. */
  get acceptsRequests(): boolean {
    return this.controlUsed < this.host.limits.controlSlots;
  }

  /** Answers in the channel that the watchers share, and answers to the client's own requests. */
  get waitingAnswers(): number {
    return this.channelUsed;
  }

  get waitingControls(): number {
    return this.controlUsed;
  }

  /**
   * Creates a watcher and returns its id, or returns null if that can't be. Either way an answer is queued. Permissions are the
   * caller's to check: see `refuse`.
   */
  create(request: WatchCreateRequest): number | null {
    // The lowest key stands for an empty one.
    const key = request.key.length === 0 ? ('\0' as ByteString) : request.key;
    const range = keyRange(key, request.range_end);
    const startRevision = request.start_revision ?? 0;
    if (range.kind === 'span' && range.high !== null && range.high <= key) {
      return this.refuse(WatchErrors.emptyRange);
    }
    if (startRevision < 0 && !this.host.bugs.has('watch-negative-start')) {
      return this.refuse(WatchErrors.negativeRevision);
    }
    const wantedId = request.watch_id ?? 0;
    if (wantedId !== 0 && this.isTaken(wantedId)) return this.refuse(WatchErrors.duplicateId);
    const id = wantedId === 0 ? this.chooseId() : wantedId;
    const options = {
      id,
      range,
      startRevision,
      noPut: request.filters?.includes('NOPUT') === true,
      noDelete: request.filters?.includes('NODELETE') === true,
      prevKv: request.prev_kv === true,
      fragment: request.fragment === true,
      progressNotify: request.progress_notify === true,
    };
    const watcher = newWatcher(options, this);
    this.watchers.set(id, watcher);
    this.control(id, { created: true });
    this.host.add(watcher);
    return id;
  }

  private chooseId(): number {
    while (this.isTaken(this.nextId)) this.nextId++;
    return this.nextId++;
  }

  private isTaken(id: number): boolean {
    return this.watchers.has(id) || this.ended.has(id);
  }

  /** Answers a create request with a refusal. */
  refuse(reason: ByteString): null {
    this.control(noWatchId, { created: true, canceled: true, cancel_reason: reason });
    return null;
  }

  /** Cancels a watcher. What was queued for it before still leaves. An unknown id gets no answer, as in etcd. */
  cancel(id: number): void {
    const watcher = this.watchers.get(id);
    if (watcher !== undefined) {
      this.host.remove(watcher);
      this.watchers.delete(id);
    } else if (!this.ended.delete(id)) {
      return;
    }
    this.control(id, { canceled: true });
  }

  /**
   * Queues one answer that tells the revision up to which all watchers of the stream have everything. Returns false, and queues
   * nothing, if one of them lags or starts later, or the channel is full; etcd leaves such a request unanswered.
   */
  requestProgress(): boolean {
    return this.offerProgress(this.watchers.values(), noWatchId);
  }

  /** The client is gone. */
  close(): void {
    if (this.isClosed) return;
    for (const watcher of this.watchers.values()) this.host.remove(watcher);
    this.watchers.clear();
    this.queue = [];
    this.fragments = [];
    this.isClosed = true;
    this.host.closed(this);
  }

  // --- what comes from the store

  offerEvents(watcher: Watcher, events: readonly Event[], revision: number): boolean {
    const wanted = filterEvents(watcher, events);
    if (wanted.length === 0) return true;
    if (this.host.bugs.has('watch-splits-revision')) {
      for (const event of wanted)
        this.push({ response: answer(watcher.id, revision, [event]), watcher, control: false });
      this.channelUsed += wanted.length;
      return true;
    }
    return this.offer(answer(watcher.id, revision, wanted), watcher);
  }

  offerCompacted(watcher: Watcher, compactRevision: number): boolean {
    const response = { ...answer(watcher.id, 0), canceled: true, compact_revision: compactRevision };
    if (!this.offer(response, watcher)) return false;
    this.watchers.delete(watcher.id);
    this.ended.add(watcher.id);
    return true;
  }

  private offerProgress(watchers: Iterable<Watcher>, id: number): boolean {
    const revision = this.host.progressRevision(watchers);
    return revision !== null && this.offer(answer(id, revision), null);
  }

  tickProgress(nowNs: number): void {
    if (nowNs < this.nextProgressNs) return;
    // A host that comes late does not make up for what it missed.
    this.nextProgressNs += this.progressIntervalNs;
    if (this.nextProgressNs <= nowNs) this.nextProgressNs = nowNs + this.progressIntervalNs;
    for (const watcher of this.watchers.values()) {
      if (!watcher.progressNotify) continue;
      if (watcher.silent) this.offerProgress([watcher], watcher.id);
      watcher.silent = true;
    }
  }

  // --- the queue

  private control(watchId: number, fields: Partial<WatchResponse>): void {
    assert(this.acceptsRequests, 'a request came while the control buffer was full');
    this.controlUsed++;
    const response = { ...answer(watchId, this.host.source.currentRevision), ...fields };
    this.push({ response, watcher: null, control: true });
  }

  private offer(response: WatchResponse, watcher: Watcher | null): boolean {
    if (this.channelUsed === this.host.limits.channelSlots) return false;
    this.channelUsed++;
    this.push({ response, watcher, control: false });
    return true;
  }

  private push(queued: Queued): void {
    assert(!this.isClosed, 'the stream is closed');
    if (!this.hasResponses) this.host.becameReady(this);
    this.queue.push(queued);
  }

  get hasResponses(): boolean {
    return this.fragments.length > 0 || this.queue.length > 0;
  }

  /** Takes up to `count` answers for the connection, oldest first; each frees its slot. */
  takeResponses(count = Infinity): WatchResponse[] {
    const taken: WatchResponse[] = this.fragments.splice(0, count);
    let used = 0;
    for (; taken.length < count && used < this.queue.length; used++) {
      const { response, watcher, control } = this.queue[used] as Queued;
      if (control) this.controlUsed--;
      else this.channelUsed--;
      if (watcher === null || response.events.length === 0) {
        taken.push(response);
        continue;
      }
      watcher.silent = false;
      const whole = watcher.prevKv ? this.withPrevious(response) : response;
      if (watcher.fragment) {
        this.fragments = fragmentsOf(whole, this.host.limits.responseBytesMax);
        taken.push(...this.fragments.splice(0, count - taken.length));
      } else {
        taken.push(whole);
      }
    }
    if (used === this.queue.length) this.queue = [];
    else this.queue.splice(0, used);
    return taken;
  }

  /** Adds the pairs before the changes, as far as they are not compacted by now. */
  private withPrevious(response: WatchResponse): WatchResponse {
    const { source } = this.host;
    const events = response.events.map((event) => {
      if (isCreation(event)) return event;
      const before = source.pairAt(event.kv.key, event.kv.mod_revision - 1);
      return before === undefined ? event : { ...event, prev_kv: before };
    });
    return { ...response, events };
  }
}
