import type { ByteString } from '../../base/bytes.ts';
import type { EtcdClient, Task } from '../api.ts';
import { prefixRange } from '../keys.ts';
import { type Attempt, done, failure, insist } from './attempt.ts';
import { type Claim, ClaimingQueue, type Head } from './claims.ts';

/**
 * First in, first out.
 *
 * Promised: items are taken in the order of the revisions at which they were put in, each by one consumer, once. A consumer that comes
 * back after a crash under the same name gets what it had taken and not acknowledged. Not promised: that it is not processed twice then;
 * that an `enqueue` of unknown outcome was put in or was not; that two consumers who use the same name at a time each get their own.
 */
export class Queue {
  private readonly queue: ClaimingQueue;

  constructor(client: EtcdClient, name: ByteString) {
    this.queue = new ClaimingQueue(client, name, (untilNs) => this.head(untilNs));
  }

  enqueue(value: ByteString): Task<Attempt<{ readonly revision: number }>> {
    return this.queue.enqueue(this.queue.items, value);
  }

  /** Waits for an item, and takes it for this consumer. */
  dequeue(consumer: ByteString, timeoutMs: number): Task<Attempt<Claim>> {
    return this.queue.dequeue(consumer, timeoutMs);
  }

  acknowledge(claim: Claim, timeoutMs: number): Task<Attempt<boolean>> {
    return this.queue.acknowledge(claim, timeoutMs);
  }

  private *head(untilNs: number): Task<Attempt<{ readonly head: Head | null; readonly revision: number }>> {
    const { client, items } = this.queue;
    const first = yield* insist(client, untilNs, () =>
      client.range({ ...prefixRange(items), sort_order: 'ASCEND', sort_target: 'CREATE', limit: 1 }),
    );
    if (first.status !== 'ok') return failure(first);
    const [item] = first.response.kvs;
    // The oldest stays the oldest for as long as it is there.
    return done({
      head: item === undefined ? null : { item, still: [] },
      revision: first.response.header.revision,
    });
  }
}
