/** What members ask each other beside raft: in a real etcd, HTTP calls on the peer address. */
import type { NodeId } from '../../base/ids.ts';
import type { ByteString } from '../../base/bytes.ts';
import type { LeaseId } from '../../mvcc/index.ts';
import type { ErrorResponse, MemberPromoteResponse } from '../api/index.ts';

export type PeerCall =
  /** POST /leases: renew a lease; only the leader can. */
  | { readonly kind: 'lease_keep_alive'; readonly ID: LeaseId }
  /** POST /leases/internal */
  | { readonly kind: 'lease_time_to_live'; readonly ID: LeaseId; readonly keys: boolean }
  /** POST /members/promote/<id>: only the leader knows how far a learner is. */
  | { readonly kind: 'member_promote'; readonly member: NodeId }
  /** GET /version */
  | { readonly kind: 'version' }
  /** GET /members/hashkv */
  | { readonly kind: 'hash_kv'; readonly revision: number };

export type PeerAnswer =
  /** Seconds; 0: there is no such lease. */
  | { readonly kind: 'lease_keep_alive'; readonly ttl: number }
  | {
      readonly kind: 'lease_time_to_live';
      /** Seconds left; -1: there is no such lease. */
      readonly ttl: number;
      readonly grantedTtl: number;
      readonly keys: readonly ByteString[];
    }
  | { readonly kind: 'member_promote'; readonly result: MemberPromoteResponse | ErrorResponse }
  | { readonly kind: 'version'; readonly server: string; readonly cluster: string }
  | {
      readonly kind: 'hash_kv';
      readonly revision: number;
      readonly compactRevision: number;
      readonly hash: number;
    }
  /** 410 Gone: the asker was removed from the cluster, and may not have heard of it. */
  | { readonly kind: 'removed' }
  /** No answer to anything: a message to this member was lost, as its connection tells. */
  | { readonly kind: 'unreachable'; readonly member: NodeId }
  /** The member asked can't tell: it does not lead, or can't read the revision. */
  | { readonly kind: 'refused' };
