import type { ByteString } from '../../base/bytes.ts';
import { txnOperationsMax } from '../../limits.ts';
import type { Compare, KeyValue, RequestOp } from '../../server/api/index.ts';
import type { EtcdClient, Task } from '../api.ts';
import { type Attempt, deadlineNs, done, failure, insist } from './attempt.ts';
import { Follower, type PairChange, type Step, readAll } from './follow.ts';

export interface MirrorEnds {
  readonly source: EtcdClient;
  readonly sourcePrefix: ByteString;
  /** Another cluster, or the same with another prefix. */
  readonly destination: EtcdClient;
  readonly destinationPrefix: ByteString;
  /** A key of the destination, outside of its prefix, that remembers how far the copy is. */
  readonly positionKey: ByteString;
}

/** Room for the position in the txn. */
const operationsMax = txnOperationsMax - 1;

/**
 * Copies all keys under a prefix to another prefix or cluster, and goes on copying. How far it is stands in the destination and changes in
 * the same txn as the copy, so that whoever goes on after a crash, here or elsewhere, misses nothing and does nothing twice, and of two
 * that copy at a time one gives up.
 *
 * Promised: the copy is at each time the source of one revision, if no revision changes more than 127 keys; it never goes back, and in the
 * end it is equal. Not promised: the source's revisions, versions or leases: keys that end with a lease are deleted there when they are
 * here. Nobody else may write to the destination's prefix.
 */
export class Mirror {
  private readonly ends: MirrorEnds;
  private follower: Follower | null = null;
  /** The position as it stands in the destination; null: none yet. */
  private position: ByteString | null = null;

  constructor(ends: MirrorEnds) {
    this.ends = ends;
  }

  /** The source's revision that the copy is of; 0: none yet, or not known. */
  get revision(): number {
    return Number(this.position ?? '0');
  }

  get snapshots(): number {
    return this.follower?.snapshots ?? 0;
  }

  /**
   * Copies the next step. Ok with it, or with null if there was nothing to copy in time. `lost`: somebody else copies to here; a new mirror
   * may go on from where that one is. After any other failure `next` may be called again.
   */
  *next(timeoutMs: number): Task<Attempt<Step | null>> {
    const untilNs = yield* deadlineNs(this.ends.source, timeoutMs);
    if (this.follower === null) {
      const resumed = yield* this.resume(untilNs);
      if (resumed.status !== 'ok') return resumed;
      this.follower = resumed.value;
    }
    const { follower } = this;
    const step = yield* follower.next(timeoutMs);
    if (step === null) return done(null);
    const written = yield* this.write(step, untilNs);
    if (written.status === 'ok') return done(step);
    // What the follower has shown and nobody has copied is lost to it: begin from the destination.
    yield* follower.stop();
    this.follower = null;
    return written;
  }

  /** What the destination has, and of which revision it is. */
  private *resume(untilNs: number): Task<Attempt<Follower>> {
    const { source, sourcePrefix, destination, destinationPrefix, positionKey } = this.ends;
    const copy = yield* readAll(destination, destinationPrefix, untilNs);
    if (copy === null) return { status: 'timeout' };
    const stored = yield* insist(destination, untilNs, () =>
      destination.get(positionKey, { revision: copy.revision }),
    );
    if (stored.status !== 'ok') return failure(stored);
    const position = stored.response.kvs[0]?.value ?? null;
    // Both are of one revision of the destination.
    this.position = position;
    const pairs = copy.pairs.map(toSource);
    return done(new Follower(source, sourcePrefix, { revision: this.revision, pairs }));

    /** Its mod revision is the destination's: no pair of a snapshot of the source has -1, so each is written again if it comes to that. */
    function toSource(pair: KeyValue): KeyValue {
      return {
        ...pair,
        key: `${sourcePrefix}${pair.key.slice(destinationPrefix.length)}` as ByteString,
        mod_revision: -1,
      };
    }
  }

  private *write({ changes, revision }: Step, untilNs: number): Task<Attempt<null>> {
    const target = String(revision) as ByteString;
    const operations = changes.map((change) => this.operation(change));
    for (let from = 0; ; from += operationsMax) {
      const part = operations.slice(from, from + operationsMax);
      const last = from + operationsMax >= operations.length;
      const moved = yield* this.writePart(part, last ? target : null, untilNs);
      if (moved.status !== 'ok' || last) return moved;
    }
  }

  private operation({ key, after }: PairChange): RequestOp {
    const { sourcePrefix, destinationPrefix } = this.ends;
    const copied = `${destinationPrefix}${key.slice(sourcePrefix.length)}` as ByteString;
    return after === null
      ? { kind: 'delete_range', delete_range: { key: copied } }
      : { kind: 'put', put: { key: copied, value: after.value } };
  }

  /** Sent again after an unknown outcome, too: the position lets it through once. `target` null: there is more to come. */
  private *writePart(
    operations: readonly RequestOp[],
    target: ByteString | null,
    untilNs: number,
  ): Task<Attempt<null>> {
    const { destination, positionKey: key } = this.ends;
    const advance: RequestOp[] = target === null ? [] : [{ kind: 'put', put: { key, value: target } }];
    const written = yield* insist(destination, untilNs, () =>
      destination.txn({
        compare: [this.atPosition(key)],
        success: [...operations, ...advance],
        failure: [{ kind: 'range', range: { key } }],
      }),
    );
    if (written.status !== 'ok') return failure(written);
    const { succeeded, responses } = written.response;
    const [found] = responses;
    const present = !succeeded && found?.kind === 'range' ? found.range.kvs[0]?.value : undefined;
    if (!succeeded && (target === null || present !== target)) return { status: 'lost' };
    if (target !== null) this.position = target;
    return done(null);
  }

  private atPosition(key: ByteString): Compare {
    return this.position === null
      ? { target: 'CREATE', result: 'EQUAL', key, create_revision: 0 }
      : { target: 'VALUE', result: 'EQUAL', key, value: this.position };
  }
}
