import type { Timeline } from '../history/timeline.ts';
import { type Candidate, type Model, type SearchResult, impossible } from './model.ts';
import { SearchMemo } from './search_memo.ts';

/**
 * Searches an order of the operations that respects real time and that the model answers as the history says, for any model.
 *
 * Wing and Gong 1993 (depth first: take any operation that no other one must precede, step the model, undo on failure), with
 * Lowe's improvements (Testing for linearizability, 2017): calls and returns in a doubly linked list, and a memo of (set of
 * linearized operations, state). Open operations are kept apart and tried last, for most of them never matter.
 */
export function searchWingGongLowe<State, Input, Output>(
  model: Model<State, Input, Output>,
  candidates: readonly Candidate<Input, Output>[],
  timeline: Timeline,
  stepsMax: number,
): SearchResult {
  return new Search(model, candidates, timeline).run(stepsMax);
}

const none = -1;

class Search<State, Input, Output> {
  private readonly model: Model<State, Input, Output>;
  private readonly candidates: readonly Candidate<Input, Output>[];
  private readonly timeline: Timeline;
  /** Ranks of closed operations' events, linked; `ranks` is the sentinel at both ends. */
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  /** Open operations in order of their calls. */
  private readonly open: number[] = [];
  /** Bit of each operation: closed ones by call, then open ones by call. */
  private readonly bit: Int32Array;
  private readonly linearized: Int32Array;
  private readonly closedWords: number;
  private fullWords = 0;
  private closedLeft = 0;

  private readonly order: number[] = [];
  private readonly undoStates: State[] = [];
  private readonly stateIds = new Map<string | number, number>();
  /** The state whose id was asked for last, and the id. */
  private stateAsked: State;
  private idGiven = none;
  private readonly memo = new SearchMemo();

  constructor(
    model: Model<State, Input, Output>,
    candidates: readonly Candidate<Input, Output>[],
    timeline: Timeline,
  ) {
    this.model = model;
    this.stateAsked = model.init;
    this.candidates = candidates;
    this.timeline = timeline;
    const { ranks, events } = timeline;
    this.next = new Int32Array(ranks + 1).fill(ranks);
    this.previous = new Int32Array(ranks + 1).fill(ranks);
    this.bit = new Int32Array(candidates.length);
    let last = ranks;
    for (let rank = 0; rank < ranks; rank++) {
      const event = events[rank] as number;
      if (event >= 0 && candidates[event]?.open === true) {
        this.open.push(event);
        continue;
      }
      if (event >= 0) this.bit[event] = this.closedLeft++;
      this.link(last, rank);
      last = rank;
    }
    this.link(last, ranks);
    this.closedWords = (this.closedLeft + 31) >>> 5;
    this.open.forEach((operation, i) => (this.bit[operation] = this.closedWords * 32 + i));
    this.linearized = new Int32Array(this.closedWords + ((this.open.length + 31) >>> 5));
  }

  private link(rank: number, following: number): void {
    this.next[rank] = following;
    this.previous[following] = rank;
  }

  run(stepsMax: number): SearchResult {
    const { model, candidates, timeline, order, undoStates } = this;
    const end = timeline.ranks;
    let state = model.init;
    let steps = 0;
    // Where to look next: a rank in the list, or once a return is reached, a position in `open`.
    let at = this.next[end] as number;
    let openAt = none;
    while (this.closedLeft > 0) {
      if (++steps > stepsMax) return { verdict: 'unknown', order: [], steps };
      const event = timeline.events[at] as number;
      // A return whose operation is not linearized: nothing behind it may come before it. The open ones are left to try.
      if (openAt === none && event < 0) openAt = 0;
      let operation = openAt === none ? event : none;
      if (openAt !== none) {
        operation = this.nextOpen(openAt, at);
        if (operation === none) {
          const undone = order.pop();
          if (undone === undefined) return { verdict: 'violation', order: [], steps };
          state = undoStates.pop() as State;
          this.unlinearize(undone);
          const wasOpen = candidates[undone]?.open === true;
          at = wasOpen ? this.firstReturn() : (this.next[timeline.callRank[undone] as number] as number);
          openAt = wasOpen ? (this.bit[undone] as number) - this.closedWords * 32 + 1 : none;
          continue;
        }
        openAt = (this.bit[operation] as number) - this.closedWords * 32 + 1;
      }
      const { input, output } = candidates[operation] as Candidate<Input, Output>;
      const stepped = model.step(state, input, output);
      if (stepped !== impossible && this.linearize(operation, stepped)) {
        undoStates.push(state);
        order.push(operation);
        state = stepped;
        at = this.next[end] as number;
        openAt = none;
      } else if (openAt === none) {
        at = this.next[at] as number;
      }
    }
    return { verdict: 'linearizable', order, steps };
  }

  private nextOpen(from: number, beforeRank: number): number {
    for (let i = from; i < this.open.length; i++) {
      const operation = this.open[i] as number;
      if ((this.timeline.callRank[operation] as number) > beforeRank) return none;
      const bit = this.bit[operation] as number;
      if ((((this.linearized[bit >>> 5] as number) >>> (bit & 31)) & 1) === 0) return operation;
    }
    return none;
  }

  /** The first return in the list; there is one while closed operations are left. */
  private firstReturn(): number {
    let at = this.next[this.timeline.ranks] as number;
    while ((this.timeline.events[at] as number) >= 0) at = this.next[at] as number;
    return at;
  }

  /** Marks the operation and lifts it out of the list, unless the search has been there. */
  private linearize(operation: number, state: State): boolean {
    const bit = this.bit[operation] as number;
    const set = this.linearized;
    set[bit >>> 5] = (set[bit >>> 5] as number) | (1 << (bit & 31));
    const fullBefore = this.fullWords;
    while (this.fullWords < this.closedWords && set[this.fullWords] === -1) this.fullWords++;
    let to = set.length;
    while (to > this.fullWords && set[to - 1] === 0) to--;
    if (!this.memo.add(this.idOf(state), set, this.fullWords, to)) {
      set[bit >>> 5] = (set[bit >>> 5] as number) & ~(1 << (bit & 31));
      this.fullWords = fullBefore;
      return false;
    }
    if (this.candidates[operation]?.open !== true) {
      this.lift(this.timeline.callRank[operation] as number);
      this.lift(this.timeline.returnRank[operation] as number);
      this.closedLeft--;
    }
    return true;
  }

  /** Equal states share an id. The key of a large state costs much, and a read leaves the state that had its id just now. */
  private idOf(state: State): number {
    if (this.idGiven !== none && state === this.stateAsked) return this.idGiven;
    const key = this.model.key(state);
    const id = this.stateIds.get(key) ?? this.stateIds.size;
    this.stateIds.set(key, id);
    this.stateAsked = state;
    this.idGiven = id;
    return id;
  }

  private lift(rank: number): void {
    this.link(this.previous[rank] as number, this.next[rank] as number);
  }

  private unlinearize(operation: number): void {
    const bit = this.bit[operation] as number;
    this.linearized[bit >>> 5] = (this.linearized[bit >>> 5] as number) & ~(1 << (bit & 31));
    if (bit >>> 5 < this.fullWords) this.fullWords = bit >>> 5;
    if (this.candidates[operation]?.open === true) return;
    this.lower(this.timeline.returnRank[operation] as number);
    this.lower(this.timeline.callRank[operation] as number);
    this.closedLeft++;
  }

  /** Puts a lifted event back: its own links still name its neighbours (Knuth's dancing links). */
  private lower(rank: number): void {
    this.next[this.previous[rank] as number] = rank;
    this.previous[this.next[rank] as number] = rank;
  }
}
