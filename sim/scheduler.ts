import { AssertionError } from '../core/base/assert.ts';

const initialCapacity = 256;
const heapArity = 4;

/** Interventions come before everything else at their time, wherever they came from: a script or a recorded list. */
const interventionSequenceStart = -(2 ** 52);

/** An event that waits for its time. */
export interface PendingEvent {
  readonly timeNs: number;
  readonly kind: number;
  readonly target: number;
  readonly a: number;
  readonly b: number;
  readonly payload: unknown;
}

/**
 * Who runs next is decided by (time, sequence) alone. A 4-ary heap of slot numbers over typed columns: no object per event,
 * no comparator call. The popped event is left in the `current` fields until the next pop.
 */
export class Scheduler {
  nowNs = 0;
  processed = 0;

  /** The event that runs now. */
  kind = 0;
  target = 0;
  a = 0;
  b = 0;
  payload: unknown = null;

  private times = new Float64Array(initialCapacity);
  private sequences = new Float64Array(initialCapacity);
  private kinds = new Uint8Array(initialCapacity);
  private targets = new Int32Array(initialCapacity);
  private as = new Float64Array(initialCapacity);
  private bs = new Float64Array(initialCapacity);
  private readonly payloads: unknown[] = [];
  private heap = new Int32Array(initialCapacity);
  private free = new Int32Array(initialCapacity);
  private freeCount = 0;
  private slots = 0;
  private size = 0;
  private nextSequence = 0;
  private nextInterventionSequence = interventionSequenceStart;

  get pending(): number {
    return this.size;
  }

  /** Time of the next event, Infinity when there is none. */
  get nextNs(): number {
    return this.size === 0 ? Infinity : (this.times[this.heap[0] as number] as number);
  }

  schedule(timeNs: number, kind: number, target: number, a: number, b: number, payload: unknown): void {
    this.insert(timeNs, this.nextSequence++, kind, target, a, b, payload);
  }

  /** Like `schedule`, but ahead of every ordinary event of the same time. */
  scheduleIntervention(timeNs: number, kind: number, a: number, payload: unknown): void {
    this.insert(timeNs, this.nextInterventionSequence++, kind, 0, a, 0, payload);
  }

  private insert(
    timeNs: number,
    sequence: number,
    kind: number,
    target: number,
    a: number,
    b: number,
    payload: unknown,
  ): void {
    if (!(timeNs >= this.nowNs) || !Number.isSafeInteger(timeNs))
      throw new AssertionError(`event at ${timeNs} ns, now is ${this.nowNs} ns`);
    const slot = this.freeCount > 0 ? (this.free[--this.freeCount] as number) : this.slots++;
    if (slot === this.times.length) this.grow();
    this.times[slot] = timeNs;
    this.sequences[slot] = sequence;
    this.kinds[slot] = kind;
    this.targets[slot] = target;
    this.as[slot] = a;
    this.bs[slot] = b;
    this.payloads[slot] = payload;
    this.siftUp(this.size++, slot, timeNs, sequence);
  }

  /** Moves the clock to the next event and loads it into the current fields. False when nothing is left. */
  next(): boolean {
    if (this.size === 0) return false;
    const slot = this.heap[0] as number;
    this.nowNs = this.times[slot] as number;
    this.kind = this.kinds[slot] as number;
    this.target = this.targets[slot] as number;
    this.a = this.as[slot] as number;
    this.b = this.bs[slot] as number;
    this.payload = this.payloads[slot];
    this.payloads[slot] = null;
    this.free[this.freeCount++] = slot;
    this.size--;
    if (this.size > 0) this.siftDown(this.heap[this.size] as number);
    this.processed++;
    return true;
  }

  /** Takes waiting events out of the queue, in the order in which they would have come. Rarely used: it looks at all of them. */
  takeOut(matches: (kind: number, target: number, a: number, b: number) => boolean): PendingEvent[] {
    const { heap, times, sequences, kinds, targets, as, bs } = this;
    const kept: number[] = [];
    const taken: number[] = [];
    for (let i = 0; i < this.size; i++) {
      const slot = heap[i] as number;
      const [kind, target] = [kinds[slot] as number, targets[slot] as number];
      (matches(kind, target, as[slot] as number, bs[slot] as number) ? taken : kept).push(slot);
    }
    this.size = 0;
    for (const slot of kept) {
      this.siftUp(this.size++, slot, times[slot] as number, sequences[slot] as number);
    }
    const before = (one: number, two: number): number =>
      (times[one] as number) - (times[two] as number) ||
      (sequences[one] as number) - (sequences[two] as number);
    return taken.sort(before).map((slot) => {
      const event: PendingEvent = {
        timeNs: times[slot] as number,
        kind: kinds[slot] as number,
        target: targets[slot] as number,
        a: as[slot] as number,
        b: bs[slot] as number,
        payload: this.payloads[slot],
      };
      this.payloads[slot] = null;
      this.free[this.freeCount++] = slot;
      return event;
    });
  }

  private siftUp(start: number, slot: number, time: number, sequence: number): void {
    const { heap, times, sequences } = this;
    let position = start;
    while (position > 0) {
      const parent = (position - 1) >> 2;
      const parentSlot = heap[parent] as number;
      const parentTime = times[parentSlot] as number;
      if (parentTime < time || (parentTime === time && (sequences[parentSlot] as number) < sequence)) break;
      heap[position] = parentSlot;
      position = parent;
    }
    heap[position] = slot;
  }

  private siftDown(slot: number): void {
    const { heap, times, sequences, size } = this;
    const time = times[slot] as number;
    const sequence = sequences[slot] as number;
    let position = 0;
    for (;;) {
      const first = position * heapArity + 1;
      if (first >= size) break;
      const end = first + heapArity < size ? first + heapArity : size;
      let best = first;
      let bestTime = times[heap[first] as number] as number;
      let bestSequence = sequences[heap[first] as number] as number;
      for (let child = first + 1; child < end; child++) {
        const childTime = times[heap[child] as number] as number;
        if (childTime > bestTime) continue;
        const childSequence = sequences[heap[child] as number] as number;
        if (childTime === bestTime && childSequence > bestSequence) continue;
        best = child;
        bestTime = childTime;
        bestSequence = childSequence;
      }
      if (time < bestTime || (time === bestTime && sequence < bestSequence)) break;
      heap[position] = heap[best] as number;
      position = best;
    }
    heap[position] = slot;
  }

  private grow(): void {
    const capacity = this.times.length * 2;
    this.times = copyInto(new Float64Array(capacity), this.times);
    this.sequences = copyInto(new Float64Array(capacity), this.sequences);
    this.kinds = copyInto(new Uint8Array(capacity), this.kinds);
    this.targets = copyInto(new Int32Array(capacity), this.targets);
    this.as = copyInto(new Float64Array(capacity), this.as);
    this.bs = copyInto(new Float64Array(capacity), this.bs);
    this.heap = copyInto(new Int32Array(capacity), this.heap);
    this.free = copyInto(new Int32Array(capacity), this.free);
  }
}

function copyInto<Column extends { set(from: Column): void }>(into: Column, from: Column): Column {
  into.set(from);
  return into;
}
