import { type ErrorResponse, errorOfText, grpcCodes } from '../../server/api/index.ts';

/** An answer that is an error, on its way through code that is asynchronous. */
export class RequestFailure extends Error {
  override readonly name = 'RequestFailure';
  readonly response: ErrorResponse;

  constructor(response: ErrorResponse) {
    super(response.message);
    this.response = response;
  }
}

/** What grpc-js wants for an error. */
export interface StatusFields {
  readonly code: number;
  readonly details: string;
}

export function statusOf({ code, message }: ErrorResponse): StatusFields {
  return { code, details: message };
}

/** Why a member ended a stream; what is not one of etcd's errors has no code. */
export function errorOfReason(reason: string): ErrorResponse {
  return errorOfText(reason) ?? { kind: 'error', code: grpcCodes.UNKNOWN, message: reason };
}
