/** Requests against the store. */
export { applyRequest } from './apply.ts';
export { isReadOnly } from './read_only.ts';
export { noLeases } from './leases.ts';
export type { LeaseSet } from './leases.ts';
