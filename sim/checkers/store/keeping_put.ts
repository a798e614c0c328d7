import type { PutRequest } from '../history/etcd_operation.ts';

/**
 * A put that leaves alone some of what its key holds (etcd: ignore_value, ignore_lease). The key must exist, or else it is refused.
 * Its lease is always told, '0' for none, so that nobody takes it for a put that single keys can be judged by.
 */
export interface KeepingPut extends PutRequest {
  readonly lease: string;
  readonly ignoreValue?: boolean;
  readonly ignoreLease?: boolean;
}

export function keepsValue(put: PutRequest | KeepingPut): boolean {
  return 'ignoreValue' in put && put.ignoreValue;
}

export function keepsLease(put: PutRequest | KeepingPut): boolean {
  return 'ignoreLease' in put && put.ignoreLease;
}

/** Whether the put needs a key that exists. */
export function keepsSomething(put: PutRequest | KeepingPut): boolean {
  return keepsValue(put) || keepsLease(put);
}
