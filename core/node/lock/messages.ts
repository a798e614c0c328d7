/** etcd's services v3lockpb.Lock and v3electionpb.Election: locks and elections that a member holds for clients without a library. */
import type { ByteString } from '../../base/bytes.ts';
import type { KeyValue, LeaseId, ResponseHeader } from '../../server/api/index.ts';
import { keyValue, responseHeader } from '../../server/api/schema/kv.ts';
import { bytes, int64, int64Id, message, optional, schemaOf } from '../../server/api/schema/schema.ts';

const header = message(1, responseHeader);

export interface LockRequest {
  readonly name: ByteString;
  /** 0: the member grants one, which nobody renews. */
  readonly lease: LeaseId;
}

export interface LockResponse {
  readonly header: ResponseHeader;
  /** The owner's key: there as long as the lock is held. */
  readonly key: ByteString;
}

export interface UnlockRequest {
  readonly key: ByteString;
}

export interface HeaderResponse {
  readonly header: ResponseHeader;
}

/** Names one term of one leader. */
export interface LeaderKey {
  readonly name: ByteString;
  readonly key: ByteString;
  /** The key's create revision. */
  readonly rev: number;
  readonly lease: LeaseId;
}

export interface CampaignRequest {
  readonly name: ByteString;
  readonly lease: LeaseId;
  readonly value: ByteString;
}

export interface CampaignResponse {
  readonly header: ResponseHeader;
  readonly leader: LeaderKey;
}

export interface ProclaimRequest {
  readonly leader?: LeaderKey;
  readonly value: ByteString;
}

export interface LeaderRequest {
  readonly name: ByteString;
}

export interface LeaderResponse {
  readonly header: ResponseHeader;
  readonly kv: KeyValue;
}

export interface ResignRequest {
  readonly leader?: LeaderKey;
}

export const lockRequest = schemaOf<LockRequest>('v3lockpb.LockRequest', {
  name: bytes(1),
  lease: int64Id(2),
});
export const lockResponse = schemaOf<LockResponse>('v3lockpb.LockResponse', { header, key: bytes(2) });
export const unlockRequest = schemaOf<UnlockRequest>('v3lockpb.UnlockRequest', { key: bytes(1) });
export const unlockResponse = schemaOf<HeaderResponse>('v3lockpb.UnlockResponse', { header });

const leaderKey = schemaOf<LeaderKey>('v3electionpb.LeaderKey', {
  name: bytes(1),
  key: bytes(2),
  rev: int64(3),
  lease: int64Id(4),
});

export const campaignRequest = schemaOf<CampaignRequest>('v3electionpb.CampaignRequest', {
  name: bytes(1),
  lease: int64Id(2),
  value: bytes(3),
});

export const campaignResponse = schemaOf<CampaignResponse>('v3electionpb.CampaignResponse', {
  header,
  leader: message(2, leaderKey),
});

export const proclaimRequest = schemaOf<ProclaimRequest>('v3electionpb.ProclaimRequest', {
  leader: optional(message(1, leaderKey)),
  value: bytes(2),
});

export const proclaimResponse = schemaOf<HeaderResponse>('v3electionpb.ProclaimResponse', { header });
export const leaderRequest = schemaOf<LeaderRequest>('v3electionpb.LeaderRequest', { name: bytes(1) });
export const leaderResponse = schemaOf<LeaderResponse>('v3electionpb.LeaderResponse', {
  header,
  kv: message(2, keyValue),
});
export const resignRequest = schemaOf<ResignRequest>('v3electionpb.ResignRequest', {
  leader: optional(message(1, leaderKey)),
});
export const resignResponse = schemaOf<HeaderResponse>('v3electionpb.ResignResponse', { header });
