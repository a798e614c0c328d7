import type { Trace } from '../../sim/trace/trace.ts';

export type RandomBelow = (bound: number) => number;

/** Small deterministic generator (xorshift32); good enough to place made-up events. */
export function smallRandom(seed: number): RandomBelow {
  let state = (Math.imul(seed, 2654435761) ^ 0x9e3779b9) | 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

interface Entry {
  readonly atNs: number;
  readonly sequence: number;
  readonly act: () => void;
}

/** A binary heap ordered by (time, sequence) that moves the trace's clock. */
export class EventQueue {
  private readonly trace: Trace;
  private readonly heap: Entry[] = [];
  private sequence = 0;

  constructor(trace: Trace) {
    this.trace = trace;
  }

  get nowNs(): number {
    return this.trace.nowNs;
  }

  after(delayNs: number, act: () => void): void {
    const { heap } = this;
    heap.push({ atNs: this.nowNs + Math.round(delayNs), sequence: this.sequence++, act });
    let at = heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.before(at, parent)) break;
      this.swap(at, parent);
      at = parent;
    }
  }

  run(eventsMax: number): void {
    while (this.heap.length > 0 && this.trace.length < eventsMax) {
      const next = this.heap[0] as Entry;
      this.dropFirst();
      this.trace.nowNs = next.atNs;
      next.act();
    }
  }

  private dropFirst(): void {
    const { heap } = this;
    const last = heap.pop() as Entry;
    if (heap.length === 0) return;
    heap[0] = last;
    let at = 0;
    for (;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && this.before(child, least)) least = child;
      }
      if (least === at) return;
      this.swap(at, least);
      at = least;
    }
  }

  private before(a: number, b: number): boolean {
    const left = this.heap[a] as Entry;
    const right = this.heap[b] as Entry;
    return left.atNs < right.atNs || (left.atNs === right.atNs && left.sequence < right.sequence);
  }

  private swap(a: number, b: number): void {
    const kept = this.heap[a] as Entry;
    this.heap[a] = this.heap[b] as Entry;
    this.heap[b] = kept;
  }
}
