import { type ByteString, emptyByteString } from '../../base/bytes.ts';
import type { EtcdClient, Task } from '../api.ts';
import { type Attempt, deadlineNs, done, failure, insist, leftMs } from './attempt.ts';

/**
 * A gate: while somebody holds it, all who come wait.
 *
 * Promised: who comes after `hold` has returned waits until `release`; then all pass. Not promised: that the holder lives. The gate has
 * no lease (as in etcd's recipes): if its holder dies, somebody else must open it.
 */
export class Barrier {
  private readonly client: EtcdClient;
  private readonly key: ByteString;

  constructor(client: EtcdClient, key: ByteString) {
    this.client = client;
    this.key = key;
  }

  /** Closes the gate. Ok with false: it was closed already. One of unknown outcome may close it later. */
  *hold(): Task<Attempt<boolean>> {
    const { client, key } = this;
    const held = yield* client.txn({
      compare: [{ target: 'CREATE', result: 'EQUAL', key, create_revision: 0 }],
      success: [{ kind: 'put', put: { key, value: emptyByteString } }],
      failure: [],
    });
    return held.status === 'ok' ? done(held.response.succeeded) : failure(held);
  }

  /** Opens the gate, whoever closed it. Ok with false: it was open. */
  *release(timeoutMs: number): Task<Attempt<boolean>> {
    const { client, key } = this;
    const untilNs = yield* deadlineNs(client, timeoutMs);
    const got = yield* insist(client, untilNs, () => client.get(key));
    if (got.status !== 'ok') return failure(got);
    const [held] = got.response.kvs;
    if (held === undefined) return done(false);
    // Of this closing and no other: a request that comes late must not open the gate when somebody has closed it again.
    const { mod_revision } = held;
    const deleted = yield* insist(client, untilNs, () =>
      client.txn({
        compare: [{ target: 'MOD', result: 'EQUAL', key, mod_revision }],
        success: [{ kind: 'delete_range', delete_range: { key } }],
        failure: [],
      }),
    );
    return deleted.status === 'ok' ? done(deleted.response.succeeded) : failure(deleted);
  }

  /** Passes at once if the gate is open, else as soon as it is. */
  *wait(timeoutMs: number): Task<Attempt<null>> {
    const { client, key } = this;
    const untilNs = yield* deadlineNs(client, timeoutMs);
    for (;;) {
      const got = yield* insist(client, untilNs, () => client.get(key));
      if (got.status !== 'ok') return failure(got);
      if (got.response.kvs.length === 0) return done(null);
      const start_revision = got.response.header.revision + 1;
      const watch = yield* client.watch({ key, start_revision, filters: ['NOPUT'] });
      const answer = yield* watch.next(yield* leftMs(client, untilNs));
      yield* watch.cancel();
      // It was open at that moment, also if somebody has closed it again since.
      if (answer?.kind === 'events') return done(null);
      if ((yield* leftMs(client, untilNs)) <= 0) return { status: 'timeout' };
    }
  }
}
