import type { ByteString } from '../base/bytes.ts';
import { keyRange } from '../mvcc/key_range.ts';
import { intervalOf, isEmptyInterval, IntervalUnion, type Interval } from './interval_union.ts';
import type { Permission, Role, User } from './records.ts';

/** What a user may do, all roles together. */
export interface Access {
  readonly read: IntervalUnion;
  readonly write: IntervalUnion;
}

export type AccessMode = keyof Access;

/**
 * The keys that a request or a permission means. The end "\0" is "no end" and must arrive here as it was sent: taken for no
 * `range_end` before, a watch on every key from "a" on would be checked as one on "a" alone (etcd, GHSA-xg4h-6gfc-h4m8).
 */
export function requestedInterval(key: ByteString, rangeEnd: ByteString | undefined): Interval {
  return intervalOf(keyRange(key, rangeEnd));
}

/** A permission on no key is refused when it is granted: on the empty key, or with an end at or before the key. */
export function isValidPermission({ key, range_end }: Permission): boolean {
  return key.length > 0 && !isEmptyInterval(requestedInterval(key, range_end));
}

export function accessOf(user: User, roleOf: (name: ByteString) => Role | undefined): Access {
  const read: Interval[] = [];
  const write: Interval[] = [];
  for (const name of user.roles) {
    // The root role need not exist; any other is taken from its users when it is deleted.
    for (const permission of roleOf(name)?.keyPermission ?? []) {
      // An etcd without the check may have stored such ones.
      if (!isValidPermission(permission)) continue;
      const interval = requestedInterval(permission.key, permission.range_end);
      if (permission.permType !== 'WRITE') read.push(interval);
      if (permission.permType !== 'READ') write.push(interval);
    }
  }
  return { read: new IntervalUnion(read), write: new IntervalUnion(write) };
}
