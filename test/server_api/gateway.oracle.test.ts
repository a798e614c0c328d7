import { beforeAll, describe, expect, it } from 'vitest';
import { fromText } from '../../core/base/bytes.ts';
import {
  decodeResponse,
  encodeRaftRequest,
  encodeRequest,
  encodeResponse,
  errorToJson,
  errors,
  httpStatusOf,
  isRaftRequest,
  readRaftEntry,
  requestFromJson,
  requestKinds,
  requestToJson,
  responseFromJson,
  responseToJson,
  rpcs,
  streamLine,
  validateRequest,
} from '../../core/server/api/index.ts';
import type { ClientRequest } from '../../core/server/api/index.ts';
import { GrpcSession } from '../etcd_grpc.ts';
import { EtcdProcess, hasEtcd } from '../etcd_process.ts';
import type { Call } from './gateway_calls.ts';
import { calls, rootCalls } from './gateway_calls.ts';
import { hex, normalEntries, withoutHeader } from './oracle.ts';

const unary = (kind: ClientRequest['kind']): boolean => kind !== 'lease_keep_alive';

/** Whether etcd writes the request into its log as it is. */
function goesThroughTheLog({ request }: Call): boolean {
  if (!isRaftRequest(request) || validateRequest(request) !== null) return false;
  // Linearizable reads need no entry; without an id the member adds one; a client without a token is refused at once.
  if (request.kind === 'range') return false;
  return request.kind !== 'lease_grant' || request.lease_grant.ID !== undefined;
}

describe.runIf(hasEtcd)('the gateway of a real etcd', () => {
  let etcd: EtcdProcess;
  let grpc: GrpcSession;
  const proposed: ClientRequest[] = [];

  beforeAll(async () => {
    etcd = await EtcdProcess.start();
    grpc = new GrpcSession(etcd.url);
    return () => {
      grpc.close();
      return etcd.end();
    };
  });

  /** Asks in JSON, and compares the text of the answer with what we print for it. */
  async function ask(call: Call, token?: string): Promise<void> {
    const { request, error } = call;
    const [path] = rpcs[request.kind].httpPaths;
    const json = requestToJson(request);
    expect(requestFromJson(request.kind, json), json).toEqual(request);
    if (path === undefined) return;
    const headers = token === undefined ? {} : { authorization: token };
    const { status, body: text } = await etcd.ask('POST', path, json, headers);
    if (error !== undefined) {
      expect(text, `${path} ${json}`).toBe(errorToJson(errors[error]));
      expect(status, `${path} ${json}`).toBe(httpStatusOf(errors[error].code));
    } else {
      const body = unary(request.kind) ? text : text.slice('{"result":'.length, -2);
      const printed = responseToJson(responseFromJson(request.kind, body));
      expect(unary(request.kind) ? printed : streamLine(printed), `${path} ${json}`).toBe(text);
      expect(status).toBe(200);
    }
    if (goesThroughTheLog(call)) proposed.push(request);
    if (request.kind.startsWith('member_')) await settle();
  }

  /**
   * etcd answers a membership change before its raft knows that the entry is applied, and raft drops, without a word to the
   * waiting client, a change that is proposed before that. A write that commits comes after it.
   */
  async function settle(): Promise<void> {
    await etcd.ask('POST', '/v3/kv/put', '{"key":"Zm9v"}');
  }

  it('prints and takes what we print and take, errors included', async () => {
    for (const call of calls) await ask(call);
    const login = { name: fromText('root'), password: fromText('<p>') };
    const { body: text } = await etcd.ask('POST', '/v3/auth/authenticate', JSON.stringify(login));
    const answer = responseFromJson('authenticate', text);
    const token = answer.kind === 'authenticate' ? answer.authenticate.token : '';
    expect(token).toMatch(/^[A-Za-z]{16}\.\d+$/);
    for (const call of rootCalls) await ask(call, token);
  }, 30_000);

  it('has answers whose bytes we would write, in gRPC', async () => {
    const reads = requestKinds.filter((kind) =>
      /_list$|^hash|^status$|_leases$|^defragment$|^alarm$/.test(kind),
    );
    expect(reads.length).toBeGreaterThan(7);
    for (const kind of reads) {
      const request = requestFromJson(kind, '{}');
      const { status, body } = await grpc.call(rpcs[kind].grpcPath.slice(1), encodeRequest(request));
      expect([kind, status]).toEqual([kind, 0]);
      expect(hex(encodeResponse(decodeResponse(kind, body))), kind).toBe(hex(body));
    }
  });

  it('has put into its WAL what we would have', async () => {
    grpc.close();
    await etcd.stop();
    const entries = normalEntries(etcd.segment());
    const kinds = entries.map((data) => readRaftEntry(data).kind);
    expect(kinds.filter((kind) => kind === 'unknown')).toEqual([]);
    expect(kinds.filter((kind) => kind === 'v2').length).toBeGreaterThanOrEqual(2);
    const written = new Set<string>();
    for (const data of entries) {
      const entry = readRaftEntry(data);
      if (entry.kind !== 'v3') continue;
      const again = encodeRaftRequest({ header: entry.header, request: entry.request });
      expect(withoutHeader(again)).toBe(withoutHeader(data));
      written.add(withoutHeader(data));
    }
    const missing = proposed.filter(
      (request) =>
        isRaftRequest(request) &&
        !written.has(withoutHeader(encodeRaftRequest({ header: { ID: 1 }, request }))),
    );
    expect(missing.map((request) => requestToJson(request))).toEqual([]);
    expect(proposed.length).toBeGreaterThan(40);
  });
});
