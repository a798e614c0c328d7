import { assert } from '../base/assert.ts';

/**
 * The appends that were sent to a follower and not yet acknowledged: a queue of (last index, bytes), bounded
 * by count and by bytes. The bytes may pass their bound by one message, or a large entry could never be sent.
 */
export interface Inflights {
  readonly countMax: number;
  /** Infinity: no bound. */
  readonly bytesMax: number;
  /** Ring of (last index, bytes) pairs; it grows up to `countMax` pairs. */
  ring: number[];
  start: number;
  count: number;
  bytes: number;
}

export function makeInflights(countMax: number, bytesMax: number): Inflights {
  return { countMax, bytesMax, ring: [], start: 0, count: 0, bytes: 0 };
}

export function cloneInflights(inflights: Inflights): Inflights {
  return { ...inflights, ring: [...inflights.ring] };
}

export function resetInflights(inflights: Inflights): void {
  inflights.ring.length = 0;
  inflights.start = 0;
  inflights.count = 0;
  inflights.bytes = 0;
}

export function isFull(inflights: Inflights): boolean {
  return inflights.count === inflights.countMax || inflights.bytes >= inflights.bytesMax;
}

export function addInflight(inflights: Inflights, lastIndex: number, bytes: number): void {
  assert(!isFull(inflights), 'cannot add into a full window of inflight messages');
  if (inflights.count * 2 === inflights.ring.length) growRing(inflights);
  const { ring } = inflights;
  const slot = (2 * (inflights.start + inflights.count)) % ring.length;
  ring[slot] = lastIndex;
  ring[slot + 1] = bytes;
  inflights.count++;
  inflights.bytes += bytes;
}

const firstPairs = 8;

function growRing(inflights: Inflights): void {
  const { ring, start, count } = inflights;
  const pairs = Math.min(Math.max(firstPairs, count * 2), inflights.countMax);
  const grown = new Array<number>(pairs * 2).fill(0);
  for (let i = 0; i < count * 2; i++) grown[i] = ring[(2 * start + i) % ring.length] as number;
  inflights.ring = grown;
  inflights.start = 0;
}

/** Forgets all messages whose last index is at most `index`: the follower has them. */
export function freeUpTo(inflights: Inflights, index: number): void {
  const { ring } = inflights;
  while (inflights.count > 0 && (ring[2 * inflights.start] as number) <= index) {
    inflights.bytes -= ring[2 * inflights.start + 1] as number;
    inflights.count--;
    inflights.start = inflights.start + 1 === ring.length / 2 ? 0 : inflights.start + 1;
  }
}
