/** Requests and answers as gRPC carries them: the body alone, since the method says of which kind it is. */
import type { ClientRequest, RequestKind, SuccessResponse, WatchRequest, WatchResponse } from './messages.ts';
import { tagged } from './messages.ts';
import { rpcs, watchRpc } from './rpcs.ts';
import type { Rpc } from './rpcs.ts';
import { decodeMessage, encodeMessage } from './wire/codec.ts';

/** The body of a request or response, which stands under the name of its kind. */
export function bodyOf(message: ClientRequest | SuccessResponse): unknown {
  return (message as unknown as Readonly<Record<string, unknown>>)[message.kind];
}

/** The rpc of a kind, for code that handles all of them alike. */
export function rpcOf(kind: RequestKind): Rpc<unknown, unknown> {
  return rpcs[kind] as unknown as Rpc<unknown, unknown>;
}

/** The message of this kind around a body. */
export function requestOf(kind: RequestKind, body: unknown): ClientRequest {
  return tagged(kind, body) as unknown as ClientRequest;
}

export function responseOf(kind: RequestKind, body: unknown): SuccessResponse {
  return tagged(kind, body) as unknown as SuccessResponse;
}

export function encodeRequest(request: ClientRequest): Uint8Array {
  return encodeMessage(rpcOf(request.kind).request, bodyOf(request));
}

/** Throws ProtobufError on bytes that are no such request. */
export function decodeRequest(kind: RequestKind, bytes: Uint8Array): ClientRequest {
  return requestOf(kind, decodeMessage(rpcOf(kind).request, bytes));
}

/** Errors travel in gRPC's trailers instead. */
export function encodeResponse(response: SuccessResponse): Uint8Array {
  return encodeMessage(rpcOf(response.kind).response, bodyOf(response));
}

/** Throws ProtobufError on bytes that are no such response. */
export function decodeResponse(kind: RequestKind, bytes: Uint8Array): SuccessResponse {
  return responseOf(kind, decodeMessage(rpcOf(kind).response, bytes));
}

export function encodeWatchRequest(request: WatchRequest): Uint8Array {
  return encodeMessage(watchRpc.request, request);
}

/** Throws ProtobufError. */
export function decodeWatchRequest(bytes: Uint8Array): WatchRequest {
  return decodeMessage(watchRpc.request, bytes);
}

export function encodeWatchResponse(response: WatchResponse): Uint8Array {
  return encodeMessage(watchRpc.response, response);
}

/** Throws ProtobufError. */
export function decodeWatchResponse(bytes: Uint8Array): WatchResponse {
  return decodeMessage(watchRpc.response, bytes);
}
