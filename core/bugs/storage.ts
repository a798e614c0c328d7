import type { PlantedBug } from './planted_bug.ts';

/** Apply, durability, the backend, and the disk. */
export const storageBugs = [
  {
    id: 'partial-txn',
    code: 'B6',
    source: 'etcd #18679',
    versions: 'etcd 3.5 before 3.5.17',
    title: 'A txn that fails is done in part',
    cause: 'The puts of a txn are done before it turns out that another operation of it can’t be.',
    guarantee: 'A txn takes effect as a whole or not at all (etcd API, atomicity).',
    check: 'linearizability of the store',
    missed:
      'Members agree, for all of them do the same half; only the client that was told of an error sees that something happened.',
    lesson: 'Find out whether all of it can be done before any of it is.',
  },
] as const satisfies readonly PlantedBug[];
