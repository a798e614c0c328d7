import { fromText } from '../base/bytes.ts';

/** Why a watcher is not created, in the texts that etcd puts into `cancel_reason`. */
export const WatchErrors = {
  emptyRange: fromText('mvcc: watcher range is empty'),
  duplicateId: fromText('mvcc: duplicate watch ID provided on the WatchStream'),
  /** A negative revision is before every compaction. */
  negativeRevision: fromText('etcdserver: mvcc: required revision has been compacted'),
} as const;
