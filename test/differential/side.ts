/** What the two etcds that are compared have in common: one member that can be asked, and watch streams on it. */
import type { ByteString } from '../../core/base/bytes.ts';
import type {
  ClientRequest,
  ClientResponse,
  WatchRequest,
  WatchResponse,
} from '../../core/server/api/index.ts';

export interface Side {
  readonly name: string;
  /** Always one answer; what is not an answer of etcd's (it is gone, say) rejects. */
  call(request: ClientRequest, token?: ByteString): Promise<ClientResponse>;
  openWatch(token?: ByteString): WatchFeed;
  /** Lets so much time pass. */
  pass(ms: number): Promise<void>;
  stop(): Promise<void>;
}

/** One watch stream: what was received, oldest first. */
export interface WatchFeed {
  readonly received: readonly WatchResponse[];
  send(request: WatchRequest): void;
  /** Waits until the condition holds, at most the side's patience. */
  until(condition: () => boolean): Promise<void>;
  close(): void;
}

/** How both sides are set up. A short election lets a member lead at once. */
export const memberTimes = { heartbeatMs: 10, electionMs: 100 } as const;
