/** etcd's v3 API (KV part): messages, errors, checks before proposing, and the wire format. */
export type * from './messages.ts';
export { revisionHeader, withMember } from './messages.ts';
export { errorNames, errors, grpcCodes, outcomeOf } from './errors.ts';
export type { ErrorName, ErrorResponse, GrpcCode, Outcome } from './errors.ts';
export { validateRequest } from './validate.ts';
export { decodeRaftRequest, encodeRaftRequest } from './raft_request.ts';
export type { InternalRaftRequest, RequestHeader } from './raft_request.ts';
export { decodeRequest, encodeRequest } from './wire_request.ts';
export type { RequestKind } from './wire_request.ts';
export { decodeResponse, encodeResponse } from './wire_response.ts';
export { noLease } from '../../mvcc/key_value.ts';
