import type { PlantedBug } from './planted_bug.ts';

/** Leases. */
export const leaseBugs = [
  {
    id: 'deposed-leader-revokes',
    code: 'L1',
    source: 'etcd #15247',
    versions: 'etcd 3.4, and 3.5 up to 3.5.12',
    title: 'A leader that lost its office goes on revoking',
    cause:
      'Only the leader measures how long leases last. One whose disk hung in a sync was replaced by the others, and the leases were renewed there; but its own clock ran on, it took the leases for expired, and queued requests to revoke them. When the disk came back, it learnt that it was deposed, passed the requests on to the new leader like any client’s, and that carried them out. The right code makes sure of its leadership with a quorum before it revokes, unless it ticked just now.',
    guarantee:
      'After a renewal that was answered with a time to live the lease exists for that time (etcd Lease API).',
    check: 'lease: a renewal holds',
    missed:
      'The log is right, and all members agree on it: somebody asked for the revoke. Only who compares it with the last renewal sees that it came too early, and that locks were lost while their holders were alive.',
    lesson: 'Whoever acts on time must know that he is still in charge when the time is up.',
  },
  {
    id: 'renews-before-apply',
    code: 'L2',
    source: 'etcd #13932',
    versions: 'etcd 3.4 up to 3.4.19, 3.5 up to 3.5.2',
    title: 'A lease that was just granted is not found',
    cause:
      'A renewal is answered by the leader out of its own state. The leader can lag behind its own log: entries are committed and on their way to the others while it has not applied them. A client that was granted a lease by a faster member, and renewed it at once, was told that there is no such lease. The right code waits until everything is applied that was committed when the renewal came.',
    guarantee:
      'A lease does not end before its time to live has passed since it was granted (etcd Lease API).',
    check: 'lease: no early expiry',
    missed:
      'The lease is there, and the next look finds it. But a client that is told “not found” gives up what it held, and whoever reads only the state sees nothing.',
    lesson: 'To lead is to know the log, not to have applied it.',
  },
  {
    id: 'renews-dead-lease',
    code: 'L3',
    source: 'etcd #20616',
    versions: 'etcd 3.4, 3.5, and 3.6 up to 3.6.4',
    title: 'A lease that is being revoked is renewed with success',
    cause:
      'If a checkpoint of a lease’s remaining time is in the log, a renewal first writes another one that clears it, and goes on when that is applied. In between the lease can expire, and the leader’s own revoke stands in the log right behind. The renewal went on with the lease it had looked up at the beginning, started its time anew, and told its client a full time to live; then the revoke was applied. The right code looks the lease up again and checks its time again.',
    guarantee:
      'After a renewal that was answered with a time to live the lease exists for that time (etcd Lease API).',
    check: 'lease: a renewal holds',
    missed:
      'Members agree, and the lease did expire. What is wrong is one answer: its client holds a lock by a lease that is gone.',
    lesson: 'After every wait, whatever was looked up before it is only a memory.',
  },
  {
    id: 'checkpoints-end',
    code: 'L4',
    source: 'etcd #13508',
    versions: 'etcd 3.4 up to 3.4.19, 3.5 up to 3.5.1',
    title: 'A lease never ends while leaders change',
    cause:
      'A new leader does not know when a lease was renewed last, and gives it its full time again. So that this can’t go on for ever, leaders write the time that is left into the log every so often. They were told to when a lease was granted, and after each such checkpoint; a leader that took over existing leases never was. After the first change of the leader no checkpoints came any more, and each further change set the lease back to the same remaining time.',
    guarantee:
      'With checkpoints, a lease that nobody renews ends, however often the leader changes: each change costs at most a checkpoint interval and an election (etcd, lease checkpoints).',
    check: 'no lease is immortal',
    missed:
      'Without a bound on how long a lease may last nothing is ever wrong: it exists, and it would end if the leader stayed.',
    lesson: 'What has to be done again and again must be taken up again by whoever takes over.',
  },
  {
    id: 'revokes-in-map-order',
    code: 'L5',
    source: 'etcd #6559',
    versions: 'etcd 3.0',
    title: 'Members delete a lease’s keys in different orders',
    cause:
      'When a lease ends, its keys are deleted in one transaction: one revision, and a number within it for each delete, in the order in which they are done. The keys were taken out of a map as they came, which differs from member to member; here it is the order in which each member learnt of the keys, which a restart changes to the order of the keys. So the same delete is stored under different numbers.',
    guarantee: 'Members that applied the same entries store the same revisions (etcd: equal HashKV).',
    check: 'members agree in the end',
    missed:
      'Every read at every revision gives the same on all members. The difference shows when hashes are compared, when a watch moves from one member to another, or when a snapshot mixes the histories.',
    lesson: 'No order may reach the state that the log does not decide.',
  },
  {
    id: 'revokes-last-of-batch',
    code: 'L6',
    source: 'etcd #14087',
    versions: 'etcd 3.4 up to 3.4.18, 3.5 up to 3.5.4',
    title: 'A batch of expired leases revokes one of them, many times',
    cause:
      'Leases that expire together are handed over as a batch, and a task for each proposes its revoke. The tasks shared the batch’s variable instead of having the lease’s number each: when they came to run, it named the last lease of the batch, so that one was revoked again and again and the others not at all. They came back with the next batch some seconds later, to lose all but one of them again.',
    guarantee: 'A lease that nobody renews ends within its time to live and a short grace (etcd Lease API).',
    check: 'no lease is immortal',
    missed:
      'One lease at a time ends as it should, and every lease ends some day. The revokes of leases that are gone fail without a word.',
    lesson: 'What runs later must carry what it needs, not point to where it was.',
  },
] as const satisfies readonly PlantedBug[];
