import type { ByteString } from '../../base/bytes.ts';
import type { EtcdClient, Task } from '../api.ts';
import { type Attempt, done, failure } from './attempt.ts';

/** Wide enough for every revision below 2^53, so that tokens compare as texts as they do as numbers. */
const tokenDigits = 16;

export interface FencedWrite {
  /** False: a higher token has been seen, so the writer is not the owner any more. */
  readonly accepted: boolean;
  readonly revision: number;
}

/**
 * A value that remembers the highest fencing token it was written with, and refuses lower ones: what makes a lock safe to rely on. Any
 * resource that a lock protects has to do the same; this one keeps its memory in the store itself.
 *
 * Promised: tokens of accepted writes never go down. Not promised: that a writer whose token is the highest is alone (it may share it
 * with another thread of its own), or that a write of unknown outcome comes before the same owner's next one.
 */
export class FencedRegister {
  private readonly client: EtcdClient;
  private readonly fenceKey: ByteString;
  private readonly valueKey: ByteString;

  constructor(client: EtcdClient, key: ByteString) {
    this.client = client;
    this.fenceKey = `${key}/fence` as ByteString;
    this.valueKey = `${key}/value` as ByteString;
  }

  *write(token: number, value: ByteString): Task<Attempt<FencedWrite>> {
    const { fenceKey, valueKey } = this;
    const shown = String(token).padStart(tokenDigits, '0') as ByteString;
    const written = yield* this.client.txn({
      // Of an absent key no comparison of values holds: the first write is let through.
      compare: [{ target: 'VALUE', result: 'GREATER', key: fenceKey, value: shown }],
      success: [],
      failure: [
        { kind: 'put', put: { key: fenceKey, value: shown } },
        { kind: 'put', put: { key: valueKey, value } },
      ],
    });
    if (written.status !== 'ok') return failure(written);
    const { succeeded, header } = written.response;
    return done({ accepted: !succeeded, revision: header.revision });
  }

  /** Null: never written. */
  *read(): Task<Attempt<ByteString | null>> {
    const got = yield* this.client.get(this.valueKey);
    return got.status === 'ok' ? done(got.response.kvs[0]?.value ?? null) : failure(got);
  }
}
