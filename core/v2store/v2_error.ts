import type { ByteString } from '../base/bytes.ts';
import { jsonObject, jsonString } from './json_text.ts';

/** The v2 API's numbers, by the names of its documentation. */
export const V2Code = {
  keyNotFound: 100,
  testFailed: 101,
  notFile: 102,
  notDir: 104,
  nodeExist: 105,
  keyIsPreserved: 106,
  rootReadOnly: 107,
  dirNotEmpty: 108,
  unauthorized: 110,
  valueRequired: 200,
  prevValueRequired: 201,
  ttlNotNumber: 202,
  indexNotNumber: 203,
  timeoutNotNumber: 205,
  invalidField: 209,
  invalidForm: 210,
  refreshValue: 211,
  refreshTtlRequired: 212,
  raftInternal: 300,
  leaderElect: 301,
  watcherCleared: 400,
  eventIndexCleared: 401,
} as const;
export type V2Code = (typeof V2Code)[keyof typeof V2Code];

const messages: Readonly<Record<V2Code, string>> = {
  100: 'Key not found',
  101: 'Compare failed',
  102: 'Not a file',
  104: 'Not a directory',
  105: 'Key already exists',
  106: 'The prefix of given key is a keyword in etcd',
  107: 'Root is read only',
  108: 'Directory not empty',
  110: 'The request requires user authentication',
  200: 'Value is Required in POST form',
  201: 'PrevValue is Required in POST form',
  202: 'The given TTL in POST form is not a number',
  203: 'The given index in POST form is not a number',
  205: 'The given timeout in POST form is not a number',
  209: 'Invalid field',
  210: 'Invalid POST form',
  211: 'Value provided on refresh',
  212: 'A TTL must be provided on refresh',
  300: 'Raft Internal Error',
  301: 'During Leader Election',
  400: 'watcher is cleared due to etcd recovery',
  401: 'The event in requested index is outdated and cleared',
};

const badRequest = 400;
const httpStatuses: ReadonlyMap<V2Code, number> = new Map<V2Code, number>([
  [V2Code.keyNotFound, 404],
  [V2Code.notFile, 403],
  [V2Code.dirNotEmpty, 403],
  [V2Code.unauthorized, 401],
  [V2Code.testFailed, 412],
  [V2Code.nodeExist, 412],
  [V2Code.raftInternal, 500],
  [V2Code.leaderElect, 500],
]);

/** A request that the v2 store refuses. The same request is refused alike on every member. */
export class V2Error extends Error {
  override readonly name = 'V2Error';
  readonly code: V2Code;
  /** Mostly the path at which it failed; empty if there is nothing to say. */
  readonly reason: ByteString;
  /** The store's index when it refused. */
  readonly index: number;

  constructor(code: V2Code, reason: ByteString, index: number) {
    super(messages[code]);
    this.code = code;
    this.reason = reason;
    this.index = index;
  }

  get httpStatus(): number {
    return httpStatuses.get(this.code) ?? badRequest;
  }
}

/** The error as the v2 API prints it: {"errorCode","message","cause","index"}; an empty cause is left out. UTF-8, no line end. */
export function errorJson(error: V2Error): ByteString {
  return jsonObject([
    ['errorCode', `${error.code}`],
    ['message', jsonString(error.message as ByteString)],
    ['cause', error.reason === '' ? null : jsonString(error.reason)],
    ['index', `${error.index}`],
  ]);
}
