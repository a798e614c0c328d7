import type { ByteString } from '../base/bytes.ts';
import type { LeaseId } from './key_value.ts';

/**
 * Is told which keys hang on which lease: the lessor. A put detaches the key from the lease of the pair before, even if it is
 * the same one, and attaches it to its own; a delete detaches. Opening and restoring a store attach every live pair that has a
 * lease, in key order, so the leases must be there before; one that is not, as after a revoke that the store did not see, is to
 * be ignored.
 */
export interface LeaseAttachments {
  attach(lease: LeaseId, key: ByteString): void;
  detach(lease: LeaseId, key: ByteString): void;
}

export const noAttachments: LeaseAttachments = { attach: () => {}, detach: () => {} };
