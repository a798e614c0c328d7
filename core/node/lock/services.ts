import type { ByteString } from '../../base/bytes.ts';
import { prefixRange } from '../../client/keys.ts';
import { type KeyValue, errors } from '../../server/api/index.ts';
import { awaitTurn, join, leave, pairOf, recipeFailure } from './line.ts';
import type {
  CampaignRequest,
  CampaignResponse,
  HeaderResponse,
  LeaderKey,
  LeaderRequest,
  LeaderResponse,
  LockRequest,
  LockResponse,
  ProclaimRequest,
  ResignRequest,
  UnlockRequest,
} from './messages.ts';
import type { SessionClient } from './session_client.ts';

const nothing = '' as ByteString;

/** Waits for the lock; its key is the owner's as long as the lease lives. */
export async function lock(client: SessionClient, { name, lease }: LockRequest): Promise<LockResponse> {
  const place = await join(client, name, lease, nothing);
  const header = await awaitTurn(client, name, place);
  // The lease may have ended while its turn came.
  const own = await pairOf(client, place.key);
  if (own?.create_revision !== place.createRevision) throw recipeFailure('mutex: session is expired');
  return { header, key: place.key };
}

export async function unlock(client: SessionClient, { key }: UnlockRequest): Promise<HeaderResponse> {
  const { header } = await client.call('delete_range', { key });
  return { header };
}

export async function campaign(
  client: SessionClient,
  { name, lease, value }: CampaignRequest,
): Promise<CampaignResponse> {
  const place = await join(client, name, lease, value);
  const leader: LeaderKey = { name, key: place.key, rev: place.createRevision, lease: place.lease };
  if (place.value !== value) await proclaim(client, { leader, value });
  await awaitTurn(client, name, place);
  return { header: place.header, leader };
}

export async function proclaim(
  client: SessionClient,
  { leader, value }: ProclaimRequest,
): Promise<HeaderResponse> {
  if (leader === undefined) throw missingLeader();
  const { key, rev: create_revision, lease } = leader;
  const { header, succeeded } = await client.call('txn', {
    compare: [{ target: 'CREATE', result: 'EQUAL', key, create_revision }],
    success: [{ kind: 'put', put: { key, value, lease } }],
    failure: [],
  });
  if (!succeeded) throw recipeFailure('election: not leader');
  return { header };
}

export async function leaderOf(client: SessionClient, { name }: LeaderRequest): Promise<LeaderResponse> {
  const { header, kvs } = await client.call('range', firstOf(name));
  const [kv] = kvs;
  if (kv === undefined) throw recipeFailure('election: no leader');
  return { header, kv };
}

export async function resign(client: SessionClient, { leader }: ResignRequest): Promise<HeaderResponse> {
  if (leader === undefined) throw missingLeader();
  const { header } = await leave(client, leader.key, leader.rev);
  return { header };
}

function missingLeader(): Error {
  // etcd's member ends of it.
  return recipeFailure('"leader" field must be provided');
}

function firstOf(name: ByteString) {
  const prefix = `${name}/` as ByteString;
  return { ...prefixRange(prefix), sort_order: 'ASCEND', sort_target: 'CREATE', limit: 1 } as const;
}

/** Tells each leader and what it proclaims, until the client is gone. */
export async function observe(
  client: SessionClient,
  { name }: LeaderRequest,
  tell: (leader: LeaderResponse) => void,
): Promise<void> {
  const prefix = `${name}/` as ByteString;
  for (let from = 0; !client.isOver;) {
    const { header, kvs } = await client.call('range', firstOf(name));
    let leader: KeyValue | undefined = kvs[0];
    from = Math.max(from, header.revision + 1);
    if (leader === undefined) {
      await client.watch({ ...prefixRange(prefix), start_revision: from }, ({ events }) =>
        events.some(({ type }) => type === 'PUT'),
      );
      continue;
    }
    tell({ header, kv: leader });
    await client.watch({ key: leader.key, start_revision: from }, (answer) => {
      for (const { type, kv } of answer.events) {
        if (type === 'DELETE') return true;
        leader = kv;
        tell({ header: answer.header, kv });
      }
      return false;
    });
  }
  throw recipeFailure(errors.watchCanceled.message);
}
