import type { ServerResponse } from 'node:http';
import { type ErrorResponse, errorToJson, grpcCodes, httpStatusOf } from '../../server/api/index.ts';
import { answerJson } from './reply.ts';

/** The head of a stream of answers, one a line. */
export function beginStream(response: ServerResponse): void {
  if (response.headersSent) return;
  const type = { 'Content-Type': 'application/json', 'Grpc-Metadata-Content-Type': 'application/grpc' };
  response.writeHead(200, type);
}

export function refuse(response: ServerResponse, error: ErrorResponse): void {
  answerJson(response, httpStatusOf(error.code), errorToJson(error));
}

export function invalidArgument(message: string): ErrorResponse {
  return { kind: 'error', code: grpcCodes.INVALID_ARGUMENT, message };
}

/** How a stream ends that has an error. */
export function streamError(error: ErrorResponse): string {
  const { code, message } = error;
  const http_code = httpStatusOf(code);
  return `${JSON.stringify({ error: { grpc_code: code, http_code, message, http_status: '' } })}\n`;
}
