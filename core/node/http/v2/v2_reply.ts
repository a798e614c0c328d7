import type { ServerResponse } from 'node:http';
import { type ByteString, toBytes } from '../../../base/bytes.ts';
import { errorJson, type V2Error } from '../../../v2store/index.ts';

/** A JSON document in UTF-8, with the line end that Go's encoder writes. */
export function answerV2(response: ServerResponse, status: number, json: ByteString): void {
  const body = Buffer.from(toBytes(`${json}\n` as ByteString));
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': body.length });
  response.end(body);
}

/** The same without a line end. */
export function answerMessage(response: ServerResponse, status: number, message: string): void {
  const body = Buffer.from(JSON.stringify({ message }));
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': body.length });
  response.end(body);
}

export function refuseV2(response: ServerResponse, error: V2Error): void {
  response.setHeader('X-Etcd-Index', String(error.index));
  answerV2(response, error.httpStatus, errorJson(error));
}

export function methodNotAllowed(response: ServerResponse, allowed: readonly string[]): void {
  response.setHeader('Allow', allowed.join(','));
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.writeHead(405, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end('Method Not Allowed\n');
}
