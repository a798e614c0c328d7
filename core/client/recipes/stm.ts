import type { ByteString } from '../../base/bytes.ts';
import { compareStrings } from '../../base/bytes.ts';
import type { Compare, LeaseId, RequestOp } from '../../server/api/index.ts';
import type { EtcdClient, Task } from '../api.ts';
import { type Attempt, type Failure, deadlineNs, done, failure, insist, leftMs } from './attempt.ts';

/**
 * What is looked at when a transaction commits.
 * `serializable-snapshot`: all reads are of one revision, and nobody has changed since what was read or what is written.
 * `serializable`: all reads are of one revision, and nobody has changed what was read.
 * `repeatable-reads`: each read is of its own time, a key is read once, and nobody has changed what was read.
 * `read-committed`: nothing.
 */
export type Isolation = 'serializable-snapshot' | 'serializable' | 'repeatable-reads' | 'read-committed';

/** What a transaction's body can do. It runs again after a conflict, so it must do nothing else. */
export interface Transaction {
  /** Null: absent. Sees the transaction's own writes. */
  get(key: ByteString): Task<ByteString | null>;
  put(key: ByteString, value: ByteString, lease?: LeaseId): void;
  delete(key: ByteString): void;
}

export interface Committed<Value> {
  readonly value: Value;
  /** Of its writes; if it wrote nothing, the one at which it read or was compared. */
  readonly revision: number;
  readonly reads: readonly { readonly key: ByteString; readonly modRevision: number }[];
  readonly writes: readonly ByteString[];
  readonly conflicts: number;
}

export type TransactionBody<Value> = (transaction: Transaction) => Task<Value>;

/** A read that could not be had ends the body. */
class ReadFailed extends Error {
  override readonly name = 'ReadFailed';
  readonly failure: Failure;
  /** The snapshot was compacted away: a newer one may do. */
  readonly again: boolean;

  constructor(cause: Failure, again: boolean) {
    super(cause.status);
    this.failure = cause;
    this.again = again;
  }
}

const conflictPauseMs = 20;

/**
 * Software transactional memory: reads are remembered with their mod revisions, writes are kept back, and one txn checks the first and
 * does the second; on a conflict all is done again.
 *
 * Promised with the first three isolations: transactions that committed are serializable. (`read-committed` loses updates.) Not promised:
 * an answer. A commit whose outcome is unknown is not repeated: it may have been done. Nor progress under contention: of those that
 * conflict one always commits, but it may be another.
 */
export function* transact<Value>(
  client: EtcdClient,
  isolation: Isolation,
  body: TransactionBody<Value>,
  timeoutMs: number,
): Task<Attempt<Committed<Value>>> {
  const untilNs = yield* deadlineNs(client, timeoutMs);
  for (let conflicts = 0; ; conflicts++) {
    const draft = new Draft(client, isolation, untilNs);
    try {
      const value = yield* body(draft);
      const committed = yield* draft.commit();
      if (committed.status !== 'ok') return committed;
      const revision = committed.value;
      if (revision !== null)
        return done({ value, revision, conflicts, reads: draft.reads(), writes: draft.written() });
    } catch (error) {
      if (!(error instanceof ReadFailed)) throw error;
      if (!error.again) return error.failure;
    }
    if ((yield* leftMs(client, untilNs)) <= 0) return { status: 'timeout' };
    yield* client.sleep(client.random.below(conflictPauseMs * (conflicts + 1)));
  }
}

interface Read {
  readonly value: ByteString | null;
  /** 0: absent. */
  readonly modRevision: number;
}

interface Write {
  /** Null: delete. */
  readonly value: ByteString | null;
  readonly lease: LeaseId | undefined;
}

/** One attempt. */
class Draft implements Transaction {
  private readonly client: EtcdClient;
  private readonly isolation: Isolation;
  private readonly untilNs: number;
  private readonly readSet = new Map<ByteString, Read>();
  private readonly writeSet = new Map<ByteString, Write>();
  /** Revision of the first read; 0 before it. */
  private firstRevision = 0;

  constructor(client: EtcdClient, isolation: Isolation, untilNs: number) {
    this.client = client;
    this.isolation = isolation;
    this.untilNs = untilNs;
  }

  *get(key: ByteString): Task<ByteString | null> {
    const write = this.writeSet.get(key);
    if (write !== undefined) return write.value;
    const known = this.readSet.get(key);
    if (known !== undefined && this.isolation !== 'read-committed') return known.value;
    const revision = this.readsOneRevision ? this.firstRevision : 0;
    const got = yield* insist(this.client, this.untilNs, () => this.client.get(key, { revision }));
    if (got.status !== 'ok') throw new ReadFailed(failure(got), got.error !== null && revision > 0);
    const { kvs, header } = got.response;
    if (this.firstRevision === 0) this.firstRevision = header.revision;
    const [kv] = kvs;
    const read = { value: kv?.value ?? null, modRevision: kv?.mod_revision ?? 0 };
    this.readSet.set(key, read);
    return read.value;
  }

  put(key: ByteString, value: ByteString, lease?: LeaseId): void {
    this.writeSet.set(key, { value, lease });
  }

  delete(key: ByteString): void {
    this.writeSet.set(key, { value: null, lease: undefined });
  }

  reads(): Committed<null>['reads'] {
    return [...this.readSet].map(([key, { modRevision }]) => ({ key, modRevision }));
  }

  written(): readonly ByteString[] {
    return [...this.writeSet.keys()];
  }

  /** Ok with the revision, or with null: a conflict. */
  *commit(): Task<Attempt<number | null>> {
    const compare = this.compares();
    const success = this.operations();
    // A snapshot that nothing was written from is one already.
    if (success.length === 0 && (this.readsOneRevision || compare.length === 0))
      return done(this.firstRevision);
    const { client } = this;
    // The read makes the txn linearizable: members answer one of comparisons alone from what they have, which may be old.
    const failing = [...this.readSet.keys()]
      .slice(0, 1)
      .map((key): RequestOp => ({ kind: 'range', range: { key } }));
    const ask = () => client.txn({ compare, success, failure: failing });
    const committed = success.length === 0 ? yield* insist(client, this.untilNs, ask) : yield* ask();
    if (committed.status !== 'ok') return failure(committed);
    return done(committed.response.succeeded ? committed.response.header.revision : null);
  }

  private get readsOneRevision(): boolean {
    return this.isolation === 'serializable-snapshot' || this.isolation === 'serializable';
  }

  private compares(): Compare[] {
    if (this.isolation === 'read-committed') return [];
    const compare: Compare[] = [];
    for (const [key, { modRevision }] of inOrder(this.readSet)) {
      compare.push({ target: 'MOD', result: 'EQUAL', key, mod_revision: modRevision });
    }
    if (this.isolation !== 'serializable-snapshot' || this.firstRevision === 0) return compare;
    for (const [key] of inOrder(this.writeSet)) {
      if (this.readSet.has(key)) continue;
      compare.push({ target: 'MOD', result: 'LESS', key, mod_revision: this.firstRevision + 1 });
    }
    return compare;
  }

  private operations(): RequestOp[] {
    return inOrder(this.writeSet).map(([key, { value, lease }]): RequestOp => {
      if (value === null) return { kind: 'delete_range', delete_range: { key } };
      return { kind: 'put', put: lease === undefined ? { key, value } : { key, value, lease } };
    });
  }
}

function inOrder<Value>(set: ReadonlyMap<ByteString, Value>): (readonly [ByteString, Value])[] {
  return [...set].sort(([a], [b]) => compareStrings(a, b));
}
