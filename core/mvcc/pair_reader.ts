import { assertDefined } from '../base/assert.ts';
import { ProtobufReader } from '../base/protobuf.ts';
import { Buckets, type ReadView as BackendView, type Reading } from '../backend/index.ts';
import type { KeyIndex } from './key_index.ts';
import { decodeKeyValue, type KeyValue } from './key_value.ts';
import type { Revision } from './revision.ts';
import { revisionKey } from './revision.ts';
import type { StoreState } from './state.ts';

/**
 * Finds the pairs of indexed revisions, in the cache or else in the backend: through the open write transaction, or through a
 * read transaction that starts with the first pair that needs it. Must be ended.
 */
export class PairReader {
  private readonly state: StoreState;
  private view: BackendView | null = null;

  constructor(state: StoreState) {
    this.state = state;
  }

  read(index: KeyIndex, revision: Revision): KeyValue {
    const { pairs } = this.state;
    const cached = pairs.get(index, revision);
    if (cached !== undefined) return cached;
    const bytes = this.reading().get(Buckets.key, revisionKey(revision));
    const kv = decodeKeyValue(new ProtobufReader(assertDefined(bytes, 'an indexed revision')));
    pairs.set(index, kv);
    return kv;
  }

  private reading(): Reading {
    if (this.state.batch !== null) return this.state.batch;
    this.view ??= this.state.backend.read();
    return this.view;
  }

  end(): void {
    this.view?.end();
  }
}
