import { type ByteString, fromText } from '../../base/bytes.ts';
import type { Compare, KeyValue, RequestOp, TxnResponse } from '../../server/api/index.ts';
import type { EtcdClient, Task } from '../api.ts';
import { prefixRange } from '../keys.ts';
import { type Attempt, deadlineNs, done, failure, insist, leftMs } from './attempt.ts';

/** An item that a consumer has taken off a queue, and keeps until it says that it is done. */
export interface Claim {
  readonly value: ByteString;
  readonly key: ByteString;
  /** Unique in the store: a second delivery of the same claim has the same. */
  readonly revision: number;
}

/** The next item, and what must still hold when it is taken for it to be the next. */
export interface Head {
  readonly item: KeyValue;
  readonly still: readonly Compare[];
}

/** Null: empty, as of the revision. */
export type FindHead = (
  untilNs: number,
) => Task<Attempt<{ readonly head: Head | null; readonly revision: number }>>;

/**
 * What both queues have in common. An item is moved from the queue to the consumer's own key in one txn. So it is taken once, and a
 * consumer that does not learn what became of its request finds the answer there, and can't take a second one by mistake.
 */
export class ClaimingQueue {
  readonly client: EtcdClient;
  readonly items: ByteString;
  private readonly claims: ByteString;
  private readonly findHead: FindHead;

  constructor(client: EtcdClient, name: ByteString, findHead: FindHead) {
    this.client = client;
    this.items = `${name}/items/` as ByteString;
    this.claims = `${name}/claims/` as ByteString;
    this.findHead = findHead;
  }

  /** Puts a value in under a key of its own, once. */
  *enqueue(folder: ByteString, value: ByteString): Task<Attempt<{ readonly revision: number }>> {
    const { client } = this;
    const key = `${folder}${fromText(uniqueName(client))}` as ByteString;
    // Not sent again: it may have been put in, and even taken, without our knowledge.
    const put = yield* client.txn({
      compare: [absent(key)],
      success: [{ kind: 'put', put: { key, value } }],
      failure: [],
    });
    if (put.status !== 'ok') return failure(put);
    if (!put.response.succeeded) return { status: 'fail', message: 'two items drew the same name' };
    return done({ revision: put.response.header.revision });
  }

  *dequeue(consumer: ByteString, timeoutMs: number): Task<Attempt<Claim>> {
    const untilNs = yield* deadlineNs(this.client, timeoutMs);
    const key = `${this.claims}${consumer}` as ByteString;
    for (;;) {
      const claim = yield* this.claimOf(key, untilNs);
      if (claim.status !== 'ok') return claim;
      if (claim.value !== null) return done(claim.value);
      const found = yield* this.findHead(untilNs);
      if (found.status !== 'ok') return found;
      const { head, revision } = found.value;
      if (head === null) {
        const came = yield* this.waitForItem(revision, untilNs);
        if (came.status !== 'ok') return came;
      } else {
        const moved = yield* this.move(head, key, untilNs);
        if (moved.status !== 'ok') return moved;
        if (moved.value !== null) return done(moved.value);
      }
    }
  }

  /** Says that the item is dealt with. Ok with false: it was said before. */
  *acknowledge({ key, revision }: Claim, timeoutMs: number): Task<Attempt<boolean>> {
    const { client } = this;
    const untilNs = yield* deadlineNs(client, timeoutMs);
    const removed = yield* insist(client, untilNs, () =>
      client.txn({
        compare: [{ target: 'MOD', result: 'EQUAL', key, mod_revision: revision }],
        success: [{ kind: 'delete_range', delete_range: { key } }],
        failure: [],
      }),
    );
    return removed.status === 'ok' ? done(removed.response.succeeded) : failure(removed);
  }

  private *claimOf(key: ByteString, untilNs: number): Task<Attempt<Claim | null>> {
    const got = yield* insist(this.client, untilNs, () => this.client.get(key));
    if (got.status !== 'ok') return failure(got);
    const [kv] = got.response.kvs;
    return done(kv === undefined ? null : { value: kv.value, key, revision: kv.mod_revision });
  }

  /** Null: somebody else took it, or an earlier request of this consumer has come through. */
  private *move({ item, still }: Head, key: ByteString, untilNs: number): Task<Attempt<Claim | null>> {
    const { client } = this;
    const compare: Compare[] = [
      { target: 'MOD', result: 'EQUAL', key: item.key, mod_revision: item.mod_revision },
      absent(key),
      ...still,
    ];
    const success: RequestOp[] = [
      { kind: 'delete_range', delete_range: { key: item.key } },
      { kind: 'put', put: { key, value: item.value } },
    ];
    const moved = yield* client.txn({ compare, success, failure: [] });
    if (moved.status === 'ok') return done(claimFrom(moved.response, key, item.value));
    // Whether it took effect or not, the claim tells; and while there is one, no second can be made.
    const final = failure(moved);
    return (yield* leftMs(client, untilNs)) > 0 && final.status !== 'lost' ? done(null) : final;
  }

  private *waitForItem(revision: number, untilNs: number): Task<Attempt<null>> {
    const { client } = this;
    const watch = yield* client.watch({
      ...prefixRange(this.items),
      start_revision: revision + 1,
      filters: ['NODELETE'],
    });
    const answer = yield* watch.next(yield* leftMs(client, untilNs));
    yield* watch.cancel();
    return answer === null ? { status: 'timeout' } : done(null);
  }
}

function absent(key: ByteString): Compare {
  return { target: 'CREATE', result: 'EQUAL', key, create_revision: 0 };
}

function claimFrom({ succeeded, header }: TxnResponse, key: ByteString, value: ByteString): Claim | null {
  return succeeded ? { value, key, revision: header.revision } : null;
}

function uniqueName({ random }: EtcdClient): string {
  const word = (): string =>
    random
      .below(2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return `${word()}${word()}`;
}
