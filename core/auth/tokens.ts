import type { ByteString } from '../base/bytes.ts';
import type { AuthAnswer } from './errors.ts';

/** Who asks, as of which revision of the auth store. It travels with the request and is judged when that is applied. */
export interface AuthInfo {
  readonly username: ByteString;
  readonly revision: number;
}

/** What a new token is made for. */
export interface TokenGrant {
  readonly username: ByteString;
  /** Of the auth store. */
  readonly revision: number;
  /** Raft index of the Authenticate request. */
  readonly index: number;
  /** The letters that came with that request, so that all members make the same token; empty if the provider needs none. */
  readonly simpleToken: ByteString;
  /** The member's clock. */
  readonly nowNs: number;
}

/** Makes tokens and tells whose they are. One per member. */
export interface TokenProvider {
  /** Whether tokens are kept and known at all: as long as auth is enabled. */
  readonly enabled: boolean;
  enable(): void;
  /** Forgets all tokens. */
  disable(): void;
  /** What an Authenticate request must carry for `assign`. */
  newSimpleToken(): ByteString;
  assign(grant: TokenGrant): AuthAnswer<ByteString>;
  /**
   * The log index that this member must have applied before it can tell whose the token is; 0: none. Null if this is no token at
   * all.
   */
  awaitedIndex(token: ByteString): number | null;
  /** Whose token it is, null if nobody's. `revision` is the store's at this moment. */
  info(token: ByteString, revision: number, nowNs: number): AuthInfo | null;
  /** Ends a user's tokens, as far as the provider can. */
  invalidateUser(username: ByteString): void;
}
