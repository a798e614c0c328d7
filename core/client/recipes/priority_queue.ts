import { assert } from '../../base/assert.ts';
import type { ByteString } from '../../base/bytes.ts';
import type { EtcdClient, Task } from '../api.ts';
import { prefixRange } from '../keys.ts';
import { type Attempt, done, failure, insist } from './attempt.ts';
import { type Claim, ClaimingQueue, type Head } from './claims.ts';

const priorityDigits = 5;
const priorityMax = 99_999;

/**
 * The lowest priority first; among equals first in, first out. Otherwise as `Queue`.
 *
 * Promised: at the revision at which an item is taken, nothing more urgent is in the queue. Not promised: fairness; what is never urgent
 * enough waits for ever.
 */
export class PriorityQueue {
  private readonly queue: ClaimingQueue;

  constructor(client: EtcdClient, name: ByteString) {
    this.queue = new ClaimingQueue(client, name, (untilNs) => this.head(untilNs));
  }

  /** `priority` from 0 to 99,999; 0 is the most urgent. */
  enqueue(value: ByteString, priority: number): Task<Attempt<{ readonly revision: number }>> {
    assert(
      Number.isInteger(priority) && priority >= 0 && priority <= priorityMax,
      `a priority is a whole number from 0 to ${priorityMax}, not ${priority}`,
    );
    const folder = `${this.queue.items}${String(priority).padStart(priorityDigits, '0')}/`;
    return this.queue.enqueue(folder as ByteString, value);
  }

  dequeue(consumer: ByteString, timeoutMs: number): Task<Attempt<Claim>> {
    return this.queue.dequeue(consumer, timeoutMs);
  }

  acknowledge(claim: Claim, timeoutMs: number): Task<Attempt<boolean>> {
    return this.queue.acknowledge(claim, timeoutMs);
  }

  private *head(untilNs: number): Task<Attempt<{ readonly head: Head | null; readonly revision: number }>> {
    const { client, items } = this.queue;
    const lowest = yield* insist(client, untilNs, () =>
      client.range({ ...prefixRange(items), limit: 1, keys_only: true }),
    );
    if (lowest.status !== 'ok') return failure(lowest);
    const { revision } = lowest.response.header;
    const [some] = lowest.response.kvs;
    if (some === undefined) return done({ head: null, revision });
    const folder = some.key.slice(0, items.length + priorityDigits + 1) as ByteString;
    const oldest = yield* insist(client, untilNs, () =>
      client.range({ ...prefixRange(folder), sort_order: 'ASCEND', sort_target: 'CREATE', limit: 1 }),
    );
    if (oldest.status !== 'ok') return failure(oldest);
    const [item] = oldest.response.kvs;
    // Taken meanwhile: what is the next, is to be found again.
    if (item === undefined) return yield* this.head(untilNs);
    return done({ head: { item, still: this.nothingBelow(folder) }, revision });
  }

  /** No key before the folder. A comparison of a range holds if every key in it fits: one that exists was created. */
  private nothingBelow(folder: ByteString): Head['still'] {
    const { items } = this.queue;
    return [{ target: 'CREATE', result: 'EQUAL', key: items, range_end: folder, create_revision: 0 }];
  }
}
