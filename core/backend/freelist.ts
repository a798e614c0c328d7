import { assert } from '../base/assert.ts';

/** Adjacent free pages. */
interface Span {
  readonly start: number;
  readonly count: number;
}

interface Freed extends Span {
  /** The transaction whose state no longer needs them. */
  readonly txid: number;
}

/**
 * Pages no state needs, and pages that the newest state does not need but an older one may: a reader's, or the one a crash falls
 * back to. The latter wait until `release`.
 */
export class Freelist {
  private spans: Span[] = [];
  private waiting: Freed[] = [];
  private free = 0;

  /** `pageIds`: ascending. */
  constructor(pageIds: readonly number[]) {
    for (const id of pageIds) this.append({ start: id, count: 1 });
  }

  /** Pages that can be allocated now. */
  get freeCount(): number {
    return this.free;
  }

  private append(span: Span): void {
    const last = this.spans.at(-1);
    this.free += span.count;
    if (last === undefined || last.start + last.count < span.start) {
      this.spans.push(span);
      return;
    }
    assert(last.start + last.count === span.start, `page ${span.start} is free twice`);
    this.spans[this.spans.length - 1] = { start: last.start, count: last.count + span.count };
  }

  /** The lowest run of `count` adjacent free pages; null if there is none. */
  allocate(count: number): number | null {
    const index = this.spans.findIndex((span) => span.count >= count);
    const span = this.spans[index];
    if (span === undefined) return null;
    this.free -= count;
    if (span.count === count) this.spans.splice(index, 1);
    else this.spans[index] = { start: span.start + count, count: span.count - count };
    return span.start;
  }

  /** The state that transaction `txid` makes does not need these pages, those before it do. */
  freeLater(txid: number, start: number, count: number): void {
    this.waiting.push({ txid, start, count });
  }

  /** Makes pages free that were given up by transactions up to and including `txid`: no state before it is needed. */
  release(txid: number): void {
    const released = this.waiting.filter((freed) => freed.txid <= txid);
    if (released.length === 0) return;
    this.waiting = this.waiting.filter((freed) => freed.txid > txid);
    const all = [...this.spans, ...released].sort((a, b) => a.start - b.start);
    this.spans = [];
    this.free = 0;
    for (const { start, count } of all) this.append({ start, count });
  }

  /** Numbers of the free pages, ascending. */
  freePages(): number[] {
    return pagesOf(this.spans);
  }

  /** Numbers of the pages that wait, in the order they were given up. */
  waitingPages(): number[] {
    return pagesOf(this.waiting);
  }
}

function pagesOf(spans: readonly Span[]): number[] {
  return spans.flatMap(({ start, count }) => Array.from({ length: count }, (_, i) => start + i));
}
