import * as fc from 'fast-check';
import type { ClientRequest } from '../../../core/server/api/index.ts';
import { type Identity, type Step, nobody } from '../steps.ts';
import type { Symbolic } from '../symbolic.ts';
import { authRequest, authSetUp, authenticate, identity } from './auth.ts';
import { clusterRequest, hashRequest } from './cluster.ts';
import { compactionRequest, deleteRangeRequest, putRequest, rangeRequest, txnRequest } from './kv.ts';
import { leaseRequest } from './leases.ts';
import { watchRequest } from './watches.ts';

type Request = fc.Arbitrary<Symbolic<ClientRequest>>;

const put: Request = putRequest.map((body) => ({ kind: 'put' as const, put: body }));
const write: Request = fc.oneof(
  { weight: 4, arbitrary: put },
  { weight: 2, arbitrary: txnRequest.map((txn) => ({ kind: 'txn' as const, txn })) },
  {
    weight: 1,
    arbitrary: deleteRangeRequest.map((delete_range) => ({ kind: 'delete_range' as const, delete_range })),
  },
);
const read: Request = rangeRequest.map((range) => ({ kind: 'range' as const, range }));
const compact: Request = compactionRequest.map((body) => ({ kind: 'compact' as const, compact: body }));

const calls = (request: Request, as: fc.Arbitrary<Identity> = fc.constant(nobody)): fc.Arbitrary<Step> =>
  fc.record({ kind: fc.constant('call'), as, request });
const watches = (as: fc.Arbitrary<Identity> = fc.constant(nobody)): fc.Arbitrary<Step> =>
  fc.record({ kind: fc.constant('watch'), as, request: watchRequest });

/** A kind of sequence: what it is about decides what is drawn how often. */
export interface Profile {
  readonly name: string;
  readonly steps: (maxLength: number) => fc.Arbitrary<readonly Step[]>;
}

function profile(name: string, ...parts: readonly fc.WeightedArbitrary<Step>[]): Profile {
  return {
    name,
    steps: (maxLength) => fc.array(fc.oneof(...parts), { minLength: 1, maxLength, size: 'max' }),
  };
}

const kv = profile(
  'keys and values',
  { weight: 10, arbitrary: calls(write) },
  { weight: 5, arbitrary: calls(read) },
  { weight: 1, arbitrary: calls(compact) },
  { weight: 1, arbitrary: calls(hashRequest) },
);

const leases = profile(
  'leases',
  { weight: 6, arbitrary: calls(leaseRequest) },
  { weight: 6, arbitrary: calls(write) },
  { weight: 2, arbitrary: calls(read) },
);

const watching = profile(
  'watches',
  { weight: 3, arbitrary: watches() },
  { weight: 8, arbitrary: calls(write) },
  { weight: 1, arbitrary: calls(leaseRequest) },
  { weight: 1, arbitrary: calls(compact) },
);

const cluster = profile(
  'members and alarms',
  { weight: 4, arbitrary: calls(clusterRequest) },
  { weight: 3, arbitrary: calls(write) },
  { weight: 1, arbitrary: calls(read) },
  { weight: 1, arbitrary: calls(compact) },
  { weight: 1, arbitrary: calls(leaseRequest) },
);

const managingUsers = profile(
  'users and roles',
  { weight: 6, arbitrary: calls(authRequest) },
  { weight: 1, arbitrary: calls(read) },
);

const underAuth: Profile = {
  name: 'under auth',
  steps: (maxLength) => {
    const step = fc.oneof(
      { weight: 3, arbitrary: calls(authRequest, identity) },
      { weight: 1, arbitrary: calls(authenticate) },
      { weight: 6, arbitrary: calls(write, identity) },
      { weight: 4, arbitrary: calls(read, identity) },
      { weight: 2, arbitrary: calls(leaseRequest, identity) },
      { weight: 1, arbitrary: calls(clusterRequest, identity) },
      { weight: 1, arbitrary: calls(compact, identity) },
      { weight: 1, arbitrary: watches(identity) },
    );
    return fc
      .tuple(authSetUp, fc.array(step, { minLength: 1, maxLength, size: 'max' }))
      .map((parts) => parts.flat());
  },
};

export const profiles: readonly Profile[] = [kv, leases, watching, cluster, managingUsers, underAuth];
