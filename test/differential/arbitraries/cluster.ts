import * as fc from 'fast-check';
import type { ByteString } from '../../../core/base/bytes.ts';
import type { ClientRequest } from '../../../core/server/api/index.ts';
import type { Symbolic } from '../symbolic.ts';
import { member, revision } from './values.ts';

type Request = fc.Arbitrary<Symbolic<ClientRequest>>;

const peerUrls = fc.uniqueArray(
  fc.constantFrom(...(['http://10.0.0.1:1', 'http://10.0.0.2:2', 'https://h:3', 'bad'] as ByteString[])),
  { maxLength: 2 },
);

const goodUrls = fc.uniqueArray(
  fc.constantFrom(...(['http://10.0.0.1:1', 'http://10.0.0.3:3', 'https://h:3'] as ByteString[])),
  { minLength: 1, maxLength: 2 },
);

/** Learners only: a voter that is not there would leave the one member without a majority. */
const memberRequest: Request = fc.oneof(
  fc.constant({ kind: 'member_list' as const, member_list: {} }),
  peerUrls.map((peerURLs) => ({ kind: 'member_add' as const, member_add: { peerURLs, isLearner: true } })),
  member.map((ID) => ({ kind: 'member_remove' as const, member_remove: { ID } })),
  member.map((ID) => ({ kind: 'member_promote' as const, member_promote: { ID } })),
  // Addresses that are none, or are missing, end an etcd 3.4 that knows the member.
  fc
    .oneof(
      fc.record({ ID: member, peerURLs: goodUrls }),
      fc.record({ ID: fc.constant(77n), peerURLs: peerUrls }),
    )
    .map((member_update) => ({ kind: 'member_update' as const, member_update })),
);

/** Not of member 0 and no kind: an alarm whose record is empty ends every member of etcd 3.4. */
const alarmRequest: Request = fc
  .record({
    action: fc.constantFrom('GET', 'GET', 'ACTIVATE', 'DEACTIVATE', 'DEACTIVATE'),
    memberID: fc.constantFrom(4n, 5n, 6n),
    alarm: fc.constantFrom('NONE', 'NOSPACE', 'NOSPACE', 'CORRUPT'),
  })
  .map((alarm) => ({ kind: 'alarm' as const, alarm }) as Symbolic<ClientRequest>);

export const hashRequest: Request = fc
  .record({ revision }, { requiredKeys: [] })
  .map((hash_kv) => ({ kind: 'hash_kv' as const, hash_kv }));

export const clusterRequest: Request = fc.oneof(
  { weight: 6, arbitrary: memberRequest },
  { weight: 6, arbitrary: alarmRequest },
  { weight: 2, arbitrary: fc.constant({ kind: 'status' as const, status: {} }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'defragment' as const, defragment: {} }) },
  {
    weight: 1,
    arbitrary: member.map((targetID) => ({ kind: 'move_leader' as const, move_leader: { targetID } })),
  },
);
