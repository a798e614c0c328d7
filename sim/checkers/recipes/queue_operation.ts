import type { Span } from './timing.ts';

export interface QueueOperation extends Span {
  readonly kind: 'enqueue' | 'dequeue';
  /** Unique among the values enqueued; null: a dequeue that found the queue empty, or whose answer nobody heard. */
  readonly value: string | null;
}
