import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ByteString, fromText, toBytes } from '../../../base/bytes.ts';
import {
  type V2Event,
  type V2Watcher,
  V2Code,
  V2Error,
  eventJson,
  isCreated,
  keysNamespace,
  readV2,
  withoutPrefix,
} from '../../../v2store/index.ts';
import type { MemberHost } from '../../host/member_host.ts';
import { readBody } from '../reply.ts';
import { answerV2, methodNotAllowed, refuseV2 } from './v2_reply.ts';
import { type AskedV2, parseV2Request } from './v2_request.ts';

const methods = ['HEAD', 'GET', 'PUT', 'POST', 'DELETE'] as const;
/** A watch without an event ends after this time (etcd: defaultWatchTimeout). */
const watchMsMax = 5 * 60 * 1000;
const prefix = fromText(keysNamespace);

/** /v2/keys: reads and watches from this member's store, writes and quorum reads through the log. */
export class V2Keys {
  private readonly host: MemberHost;

  constructor(host: MemberHost) {
    this.host = host;
  }

  /** `path` is what stands behind /v2/keys, decoded. */
  async serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const method = request.method ?? '';
    if (!(methods as readonly string[]).includes(method)) {
      methodNotAllowed(response, methods);
      return;
    }
    const body = await readBody(request, response);
    if (body === null) return;
    const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
    const [, query = ''] = (request.url ?? '').split(/\?(.*)/s, 2);
    try {
      const asked = parseV2Request(method, path, query, isForm ? body : '', this.host.clock.wallNs());
      await this.answer(asked, method, response);
    } catch (error) {
      if (!(error instanceof V2Error)) throw error;
      refuseV2(response, withoutStorePrefix(error));
    }
  }

  private async answer(
    { request, noValue }: AskedV2,
    method: string,
    response: ServerResponse,
  ): Promise<void> {
    if (method === 'GET' || method === 'HEAD') {
      if (!request.quorum || request.wait) {
        this.read(request, response);
        return;
      }
    }
    const logged = method === 'GET' || method === 'HEAD' ? { ...request, method: fromText('QGET') } : request;
    const applied = await this.host.requestV2(logged);
    if (applied.kind === 'error') throw applied.error;
    if (applied.kind === 'event') this.tell(applied.event, noValue, response);
    else {
      const reason = applied.kind === 'refused' ? applied.reason.message : 'etcdserver: unknown method';
      throw new V2Error(V2Code.raftInternal, fromText(reason), 0);
    }
  }

  private read(request: AskedV2['request'], response: ServerResponse): void {
    const { state, clock } = this.host;
    if (state === null) throw new V2Error(V2Code.leaderElect, fromText(''), 0);
    const found = readV2(state.v2, request, clock.wallNs());
    if (found.kind === 'error') throw found.error;
    if (found.kind === 'event') this.tell(found.event, false, response);
    else this.watch(found.watcher, response);
  }

  private raftHeaders(response: ServerResponse, etcdIndex: number): void {
    const { member } = this.host;
    response.setHeader('X-Etcd-Index', String(etcdIndex));
    response.setHeader('X-Raft-Index', String(member.appliedIndex));
    response.setHeader('X-Raft-Term', String(member.term));
  }

  private tell(event: V2Event, noValue: boolean, response: ServerResponse): void {
    this.raftHeaders(response, event.etcdIndex);
    const hides = noValue && event.action !== 'get' && event.action !== 'delete';
    const json = hides ? fromText(`{"action":"${event.action}"}`) : eventJson(withoutPrefix(event, prefix));
    answerV2(response, isCreated(event) ? 201 : 200, json);
  }

  private watch(watcher: V2Watcher, response: ServerResponse): void {
    this.raftHeaders(response, watcher.startIndex);
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.flushHeaders();
    const timer = setTimeout(() => watcher.remove(), watchMsMax);
    let isOver = false;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      watcher.onReady = null;
      watcher.remove();
      response.end();
    };
    const send = (): void => {
      if (isOver) return;
      for (let event = watcher.take(); event !== null; event = watcher.take()) {
        response.write(Buffer.from(toBytes(`${eventJson(withoutPrefix(event, prefix))}\n` as ByteString)));
      }
      if (watcher.isClosed) end();
    };
    response.on('close', end);
    watcher.onReady = send;
    send();
  }
}

/** Errors name keys as clients know them. */
function withoutStorePrefix(error: V2Error): V2Error {
  const { code, reason, index } = error;
  if (reason !== prefix && !reason.startsWith(`${prefix}/`)) return error;
  return new V2Error(code, reason.slice(prefix.length) as ByteString, index);
}
