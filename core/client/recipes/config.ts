import type { ByteString } from '../../base/bytes.ts';
import type { Compare, RequestOp } from '../../server/api/index.ts';
import type { EtcdClient, Task } from '../api.ts';
import { prefixRange } from '../keys.ts';
import { type Attempt, deadlineNs, done, failure, leftMs } from './attempt.ts';
import { Follower } from './follow.ts';

/** A configuration as of one revision: values by their names under the prefix, in the order of names. */
export interface Configuration {
  readonly revision: number;
  readonly values: ReadonlyMap<ByteString, ByteString>;
}

/**
 * Changes several values of a configuration at once; null removes one. With `expectedRevision`, only if nothing under the prefix was
 * written after it (a removal is not seen). Ok with the revision, or with null: somebody else was first.
 */
export function* publish(
  client: EtcdClient,
  prefix: ByteString,
  values: ReadonlyMap<ByteString, ByteString | null>,
  expectedRevision: number | null = null,
): Task<Attempt<number | null>> {
  const success = [...values].map(([name, value]): RequestOp => {
    const key = `${prefix}${name}` as ByteString;
    return value === null
      ? { kind: 'delete_range', delete_range: { key } }
      : { kind: 'put', put: { key, value } };
  });
  const written = yield* client.txn({
    compare: expectedRevision === null ? [] : [unchangedSince(prefix, expectedRevision)],
    success,
    failure: [],
  });
  if (written.status !== 'ok') return failure(written);
  return done(written.response.succeeded ? written.response.header.revision : null);
}

/** A comparison of a range holds if it does for every key in it. */
function unchangedSince(prefix: ByteString, revision: number): Compare {
  return { target: 'MOD', result: 'LESS', ...prefixRange(prefix), mod_revision: revision + 1 };
}

/**
 * Whoever needs a configuration follows it, as confd does: first all of it, then each change, and all of it again where changes are not to
 * be had any more.
 *
 * Promised: configurations in the order of their revisions, none of them a mixture of two, and in the end the last. Not promised: every one
 * of them, or when: who is cut off goes on with what it has.
 */
export class ConfigFollower {
  private readonly follower: Follower;
  private readonly client: EtcdClient;
  private readonly prefix: ByteString;

  constructor(client: EtcdClient, prefix: ByteString) {
    this.client = client;
    this.prefix = prefix;
    this.follower = new Follower(client, prefix);
  }

  /** Times that all of it was read. */
  get snapshots(): number {
    return this.follower.snapshots;
  }

  /** The configuration when it has changed; null if it did not in time. */
  *next(timeoutMs: number): Task<Configuration | null> {
    const { follower, prefix } = this;
    const untilNs = yield* deadlineNs(this.client, timeoutMs);
    for (;;) {
      const step = yield* follower.next(yield* leftMs(this.client, untilNs));
      if (step === null) return null;
      if (step.changes.length === 0 && follower.snapshots > 1) continue;
      const values = new Map(
        follower.all().map(({ key, value }) => [key.slice(prefix.length) as ByteString, value]),
      );
      return { revision: step.revision, values };
    }
  }
}
