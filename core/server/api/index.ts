/** etcd's v3 API: messages, errors, checks before proposing, the wire format, and the JSON form. */
export type * from './messages.ts';
export { isRequestOp, revisionHeader, withMember } from './messages.ts';
export { errorNames, errorOfText, errors, grpcCodes, outcomeOf } from './errors.ts';
export type { ErrorName, ErrorResponse, GrpcCode, Outcome } from './errors.ts';
export { validateRequest } from './validate.ts';
export type * from './raft_messages.ts';
export {
  decodeRaftRequest,
  encodeRaftRequest,
  isRaftRequest,
  raftFields,
  readRaftEntry,
} from './raft_request.ts';
export { requestKinds, rpcs, snapshotRpc, watchRpc } from './rpcs.ts';
export type { Rpc, Rpcs } from './rpcs.ts';
export {
  decodeRequest,
  decodeResponse,
  decodeWatchRequest,
  decodeWatchResponse,
  encodeRequest,
  encodeResponse,
  encodeWatchRequest,
  encodeWatchResponse,
} from './wire.ts';
export * from './json/index.ts';
export { noLease } from '../../mvcc/key_value.ts';
