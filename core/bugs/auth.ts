import type { PlantedBug } from './planted_bug.ts';

/** Users, roles and permissions. */
export const authBugs = [
  {
    id: 'auth-applied-twice',
    code: 'A1',
    source: 'etcd #11651',
    versions: 'etcd 3.4 up to 3.4.7, and before',
    title: 'A change of auth is applied twice',
    cause:
      'A member saves, with its data, up to which log entry the data goes, so that a restart does not apply an entry again. The writes of keys did that; changes of users, roles and permissions went into the same database without it. After a restart they were applied once more. Most of them are refused the second time, but granting a permission again counts as a change: that member’s auth revision ran ahead of the others’, and it refused writes, as signed in under an old revision, that all others did.',
    guarantee:
      'No two members apply the same entries with different results (Raft paper, State Machine Safety).',
    check: 'state machine safety',
    missed:
      'Users, roles and permissions are the same everywhere, and the member is up. Keys differ from then on, write by write.',
    lesson: 'Whatever the log changes is saved together with the place in the log.',
  },
  {
    id: 'permissions-not-reloaded',
    code: 'A2',
    source: 'etcd #14571',
    versions: 'etcd 3.4.20 at a start, 3.5.5 after a snapshot',
    title: 'After a restart a member denies everything',
    cause:
      'What a user may do is worked out from its roles once and kept in memory, since it is asked for with every request. It was worked out when a request found it missing; then, to have no race between requests, only when auth was changed. A member that started with auth on had nothing in memory until the next change, and denied every user but root, also while it applied writes that the others allowed.',
    guarantee:
      'No two members apply the same entries with different results (Raft paper, State Machine Safety).',
    check: 'state machine safety',
    missed:
      'The client gets its answer from another member, and its write is done there. The restarted member is healthy, up to date, and lacks the key.',
    lesson: 'A cache that is filled by changes must be filled once before the first of them.',
  },
  {
    id: 'tokens-off-after-snapshot',
    code: 'A3',
    source: 'etcd #13172',
    versions: 'etcd 3.4 up to 3.4.18, 3.5 up to 3.5.4',
    title: 'After a snapshot no lease is revoked any more',
    cause:
      'With auth on, a leader revokes expired leases in the name of root, with a token it makes for itself. Whether tokens are in use was decided when auth was turned on, and at a start; a member that got its whole state as a snapshot took over the users and that auth is on, but left the tokens off. When it became leader, it could not sign, and no lease ended.',
    guarantee: 'A lease that nobody renews ends within its time to live and a short grace (etcd Lease API).',
    check: 'no lease is immortal',
    missed:
      'Reads and writes of signed-in clients go on over the other members, and nothing is logged that a client would see: locks are just never given back.',
    lesson:
      'There are three ways into a state, by its changes, by a start and by a snapshot: all must end alike.',
  },
  {
    id: 'open-end-as-single-key',
    code: 'A4',
    source: 'GHSA-xg4h-6gfc-h4m8',
    versions: 'etcd 3.5 up to 3.5.32, 3.6 up to 3.6.13, 3.7.0',
    title: 'A watch on everything is checked as one on a single key',
    cause:
      'A watch on a range without an end asks for the end “\\0”. The request was brought into the form that the store works with, where no end is an empty one, before it was checked; and to the check an empty end means the one key that the range begins with. Whoever could read that key could watch everything behind it. The right code checks the range as it was sent.',
    guarantee: 'Nobody reads or writes what no role of his allows (etcd, role-based access control).',
    check: 'permissions hold',
    missed:
      'Every answer is right as data. Only who holds it against the permissions sees that it went to the wrong person.',
    lesson: 'Check what was asked, and do exactly what was checked: nothing may be rewritten in between.',
  },
  {
    id: 'txn-half-checked',
    code: 'A5',
    source: 'CVE-2026-33343, CVE-2026-44283',
    versions: 'etcd 3.5 up to 3.5.29, 3.6 up to 3.6.10 (nested txns two releases earlier)',
    title: 'A txn within a txn is not checked',
    cause:
      'The check of a txn went through its operations and asked for each whether its keys are permitted. It knew gets, puts and deletes. A txn inside the txn, allowed since 3.3, was none of these and was passed over with everything in it; and of a put it looked at the key alone, not at the previous pair that it returns or at the lease that it hangs the key on. The right code checks every operation in full, however deep it is nested.',
    guarantee: 'Nobody reads or writes what no role of his allows (etcd, role-based access control).',
    check: 'permissions hold',
    missed:
      'Every member does the same, and the store is consistent. Nobody but an attacker sends such requests, so ordinary traffic never shows it.',
    lesson: 'A check by cases must refuse the case that it does not know.',
  },
] as const satisfies readonly PlantedBug[];
