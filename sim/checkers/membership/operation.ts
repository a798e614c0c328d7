/** Changes of a cluster's membership, and looks at it, as clients see them. */
import type { Operation } from '../history/operation.ts';

export interface MemberView {
  /** Decimal or hexadecimal text: ids have 64 bits. */
  readonly id: string;
  readonly learner: boolean;
  readonly peerUrls?: readonly string[];
}

export const membershipKinds = ['list', 'add', 'remove', 'promote', 'update'] as const;

export interface MembershipRequest {
  readonly kind: (typeof membershipKinds)[number];
  /** Of a remove, a promote, an update. */
  readonly id?: string;
  /** Of an add: it does not vote at first. */
  readonly learner?: boolean;
  /** Of an add and an update. */
  readonly peerUrls?: readonly string[];
  /** A list that may be answered from any earlier state. */
  readonly stale?: boolean;
}

export type MembershipResponse =
  /** The store's own answer: nothing was changed. */
  | { readonly error: 'notFound' | 'notLearner' | 'exists' }
  /** The members right after the change, or at the look; null: the answer does not say. */
  | { readonly error: null; readonly members: readonly MemberView[] | null; readonly id?: string };

export type MembershipOperation = Operation<MembershipRequest, MembershipResponse>;
