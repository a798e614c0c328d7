import type { ByteString } from '../base/bytes.ts';
import type { NodeId } from '../base/ids.ts';
import type { PutRequest, RangeRequest, WatchFilter } from '../server/api/index.ts';

export interface CallOptions {
  /** This member and no other; nothing is tried elsewhere. Absent: the balancer chooses. */
  readonly endpoint?: NodeId;
  /** From the call to its outcome, with all that is tried again; absent: the client's. */
  readonly timeoutMs?: number;
}

/** `serializable` asks one member for what it knows, which may be old; absent, the answer is linearizable. */
export type GetOptions = Omit<RangeRequest, 'key'> & CallOptions;
export type PutOptions = Omit<PutRequest, 'key' | 'value'> & CallOptions;

export interface DeleteOptions extends CallOptions {
  /** Absent or empty: this key alone. "\0": every key >= `key`. Otherwise keys in [key, range_end). */
  readonly range_end?: ByteString;
  readonly prev_kv?: boolean;
}

export interface WatchOptions {
  readonly key: ByteString;
  /** As in DeleteOptions. */
  readonly range_end?: ByteString;
  /** First revision of interest, past or future; absent or 0: from now on. */
  readonly start_revision?: number;
  readonly filters?: readonly WatchFilter[];
  /** True: events carry the pair as it was before. */
  readonly prev_kv?: boolean;
  /** True: the script is also told, now and then, up to which revision it has heard everything. */
  readonly progress_notify?: boolean;
  /** True: the script is also told when the watch is established, once. */
  readonly created_notify?: boolean;
  /** True: members may split large answers; the client puts them together again. */
  readonly fragment?: boolean;
}
