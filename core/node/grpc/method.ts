import type { MethodDefinition } from '@grpc/grpc-js';
import type { Rpc } from '../../server/api/rpcs.ts';
import type { MessageSchema } from '../../server/api/schema/schema.ts';
import { decodeMessage, encodeMessage } from '../../server/api/wire/codec.ts';

export type Streaming = 'unary' | 'serverStream' | 'bothStream';

function encoder<T>(schema: MessageSchema<T>): (value: T) => Buffer {
  return (value) => {
    const bytes = encodeMessage(schema, value);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
}

/** A method for grpc-js whose messages are written and read by their tables: the same as in the log and on the peers' wire. */
export function methodOf<Request, Response>(
  { grpcPath, request, response }: Pick<Rpc<Request, Response>, 'grpcPath' | 'request' | 'response'>,
  streaming: Streaming,
): MethodDefinition<Request, Response> {
  return {
    path: grpcPath,
    requestStream: streaming === 'bothStream',
    responseStream: streaming !== 'unary',
    requestSerialize: encoder(request),
    requestDeserialize: (bytes) => decodeMessage(request, bytes),
    responseSerialize: encoder(response),
    responseDeserialize: (bytes) => decodeMessage(response, bytes),
  };
}

/** `Put` of `/etcdserverpb.KV/Put`. */
export function methodName(grpcPath: string): string {
  return grpcPath.slice(grpcPath.lastIndexOf('/') + 1);
}

/** `etcdserverpb.KV` of `/etcdserverpb.KV/Put`. */
export function serviceName(grpcPath: string): string {
  return grpcPath.slice(1, grpcPath.lastIndexOf('/'));
}
