/** A real etcd 3.4 on loopback: calls go through its JSON gateway, watches through gRPC (HTTP/1.1 has one way at a time). */
import { Agent, request as httpRequest } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';
import { type ByteString, fromText } from '../../core/base/bytes.ts';
import {
  type ClientRequest,
  type ClientResponse,
  type ClusterMember,
  type GrpcCode,
  decodeResponse,
  encodeRequest,
  grpcCodes,
  requestToJson,
  responseFromJson,
  rpcs,
  watchRpc,
} from '../../core/server/api/index.ts';
import { EtcdProcess } from '../etcd_process.ts';
import { callOnce, openCall } from './grpc.ts';
import { GrpcWatch } from './grpc_watch.ts';
import { type Side, type WatchFeed, memberTimes } from './side.ts';

const readyMsMax = 15_000;
/** Longer than etcd itself waits before it gives up. */
const callMsMax = 20_000;

const args = [
  '--bcrypt-cost=4',
  `--heartbeat-interval=${memberTimes.heartbeatMs}`,
  `--election-timeout=${memberTimes.electionMs}`,
];

export class EtcdSide implements Side {
  readonly name = 'etcd 3.4';
  /** The member itself, as it tells others. */
  self: ClusterMember | null = null;
  private readonly etcd: EtcdProcess;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });
  private session: ClientHttp2Session | null = null;

  private constructor(etcd: EtcdProcess) {
    this.etcd = etcd;
  }

  /** A new one on an empty directory, already leading. */
  static async start(): Promise<EtcdSide> {
    const side = new EtcdSide(await EtcdProcess.start({ args }));
    const deadline = Date.now() + readyMsMax;
    while (Date.now() < deadline) {
      if (await side.isReady()) return side;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await side.stop();
    throw new Error(`etcd was not ready within ${readyMsMax} ms`);
  }

  /** It answers linearizable reads, has published itself, and knows the cluster's version: nothing is "not capable". */
  private async isReady(): Promise<boolean> {
    const read = await this.call({ kind: 'range', range: { key: fromText('a') } });
    const list = await this.call({ kind: 'member_list', member_list: {} });
    const self = list.kind === 'member_list' ? list.member_list.members[0] : undefined;
    if (read.kind === 'error' || self === undefined || self.name === '') return false;
    this.self = self;
    return !(await this.text('GET', '/version', '')).text.includes('not_decided');
  }

  async call(request: ClientRequest, token?: ByteString): Promise<ClientResponse> {
    const { kind } = request;
    const [path] = rpcs[kind].httpPaths;
    if (path === undefined) return this.callByGrpc(request, token);
    const { status, text } = await this.text('POST', path, requestToJson(request), token);
    const isStream = kind === 'lease_keep_alive';
    if (status !== 200 || text.startsWith('{"error"')) return errorOf(text);
    return responseFromJson(kind, isStream ? text.trim().slice('{"result":'.length, -1) : text);
  }

  private async callByGrpc(request: ClientRequest, token: ByteString | undefined): Promise<ClientResponse> {
    const stream = openCall(this.http2, rpcs[request.kind].grpcPath, token);
    const { status, message, body } = await callOnce(stream, encodeRequest(request));
    if (status !== 0) return { kind: 'error', code: status as GrpcCode, message };
    return decodeResponse(request.kind, body);
  }

  private get http2(): ClientHttp2Session {
    if (this.session === null) {
      this.session = connect(this.etcd.url);
      // A broken connection shows in what is done over it.
      this.session.on('error', () => {});
    }
    return this.session;
  }

  private text(
    method: 'GET' | 'POST',
    path: string,
    body: string,
    token?: ByteString,
  ): Promise<{ status: number; text: string }> {
    const headers = {
      'content-length': Buffer.byteLength(body),
      ...(token === undefined ? {} : { authorization: token }),
    };
    return new Promise((resolve, reject) => {
      const options = { method, agent: this.agent, headers, timeout: callMsMax };
      const sent = httpRequest(this.etcd.url + path, options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        );
      });
      sent.on('timeout', () => sent.destroy(new Error(`${path}: no answer within ${callMsMax} ms`)));
      sent.on('error', reject);
      sent.end(body);
    });
  }

  openWatch(token?: ByteString): WatchFeed {
    return new GrpcWatch(openCall(this.http2, watchRpc.grpcPath, token));
  }

  async pass(ms: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, ms));
  }

  async stop(): Promise<void> {
    this.session?.destroy();
    this.agent.destroy();
    await this.etcd.end('SIGKILL');
  }
}

/** The gateway has one form for errors of plain calls and another for those of streams. */
function errorOf(text: string): ClientResponse {
  const parsed = JSON.parse(text) as {
    readonly error: string | { readonly grpc_code: number; readonly message: string };
    readonly code?: number;
  };
  const { error } = parsed;
  const [code, message] =
    typeof error === 'string' ? [parsed.code ?? grpcCodes.UNKNOWN, error] : [error.grpc_code, error.message];
  return { kind: 'error', code: code as GrpcCode, message };
}
