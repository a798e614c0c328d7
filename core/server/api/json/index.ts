/** Requests, answers and errors in the form of etcd's JSON gateway. */
import type { ErrorResponse, GrpcCode } from '../errors.ts';
import { grpcCodes } from '../errors.ts';
import type {
  ClientRequest,
  RequestKind,
  SnapshotResponse,
  SuccessResponse,
  WatchRequest,
  WatchResponse,
} from '../messages.ts';
import { requestKinds, rpcs, snapshotRpc, watchRpc } from '../rpcs.ts';
import { bodyOf, requestOf, responseOf, rpcOf } from '../wire.ts';
import { messageFromJson } from './decode.ts';
import { messageToJson, quote } from './encode.ts';

export { JsonError } from './parse.ts';

const kindByPath: ReadonlyMap<string, RequestKind> = new Map(
  requestKinds.flatMap((kind) => rpcs[kind].httpPaths.map((path) => [path, kind] as const)),
);

/** What is asked for at a path of the gateway, such as /v3/kv/put; null if there is nothing. */
export function routeOf(path: string): RequestKind | 'watch' | 'snapshot' | null {
  if (watchRpc.httpPaths.includes(path)) return 'watch';
  if (snapshotRpc.httpPaths.includes(path)) return 'snapshot';
  return kindByPath.get(path) ?? null;
}

/** Throws JsonError. */
export function requestFromJson(kind: RequestKind, text: string): ClientRequest {
  return requestOf(kind, messageFromJson(rpcOf(kind).request, text));
}

export function requestToJson(request: ClientRequest): string {
  return messageToJson(rpcOf(request.kind).request, bodyOf(request));
}

/** Throws JsonError. */
export function responseFromJson(kind: RequestKind, text: string): SuccessResponse {
  return responseOf(kind, messageFromJson(rpcOf(kind).response, text));
}

/** The body of an answer; LeaseKeepAlive's is wrapped by `streamLine`, as it is a stream. */
export function responseToJson(response: SuccessResponse): string {
  return messageToJson(rpcOf(response.kind).response, bodyOf(response));
}

/** Throws JsonError. */
export function watchRequestFromJson(text: string): WatchRequest {
  return messageFromJson(watchRpc.request, text);
}

export function watchResponseToJson(response: WatchResponse): string {
  return messageToJson(watchRpc.response, response);
}

export function snapshotResponseToJson(response: SnapshotResponse): string {
  return messageToJson(snapshotRpc.response, response);
}

/** One answer of a stream. */
export function streamLine(json: string): string {
  return `{"result":${json}}\n`;
}

/** The body of an answer that is an error; `httpStatusOf` goes with it. */
export function errorToJson(error: ErrorResponse): string {
  const message = quote(error.message);
  return `{"error":${message},"message":${message},"code":${error.code}}`;
}

const httpStatuses: ReadonlyMap<GrpcCode, number> = new Map<GrpcCode, number>([
  [grpcCodes.CANCELLED, 408],
  [grpcCodes.INVALID_ARGUMENT, 400],
  [grpcCodes.DEADLINE_EXCEEDED, 504],
  [grpcCodes.NOT_FOUND, 404],
  [grpcCodes.PERMISSION_DENIED, 403],
  [grpcCodes.RESOURCE_EXHAUSTED, 429],
  [grpcCodes.FAILED_PRECONDITION, 412],
  [grpcCodes.OUT_OF_RANGE, 400],
  [grpcCodes.UNIMPLEMENTED, 501],
  [grpcCodes.UNAVAILABLE, 503],
  [grpcCodes.UNAUTHENTICATED, 401],
]);

/** The HTTP status that the gateway gives an error of this gRPC code. */
export function httpStatusOf(code: GrpcCode): number {
  return httpStatuses.get(code) ?? 500;
}
