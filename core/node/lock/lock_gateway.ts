import type { ServerResponse } from 'node:http';
import type { ByteString } from '../../base/bytes.ts';
import { streamLine } from '../../server/api/index.ts';
import { messageFromJson } from '../../server/api/json/decode.ts';
import { messageToJson } from '../../server/api/json/encode.ts';
import { beginStream, streamError } from '../http/grpc_reply.ts';
import { answerJson } from '../http/reply.ts';
import type { MemberHost } from '../host/member_host.ts';
import { asFailure } from './lock_methods.ts';
import { lockRpcs, observeRpc } from './lock_rpcs.ts';
import { observe } from './services.ts';
import { SessionClient } from './session_client.ts';

const [observePath] = observeRpc.httpPaths;

/** The services Lock and Election in JSON. */
export class LockGateway {
  private readonly host: MemberHost;

  constructor(host: MemberHost) {
    this.host = host;
  }

  has(path: string): boolean {
    return path === observePath || lockRpcs.some(({ httpPaths }) => httpPaths.includes(path));
  }

  /** Throws JsonError and RequestFailure before anything is answered. */
  async serve(
    path: string,
    body: string,
    token: ByteString | undefined,
    response: ServerResponse,
  ): Promise<void> {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const client = new SessionClient(this.host, token, gone.signal);
    const rpc = lockRpcs.find(({ httpPaths }) => httpPaths.includes(path));
    if (rpc === undefined) {
      await this.observe(client, body, response);
      return;
    }
    const answer = await rpc.run(client, messageFromJson(rpc.request, body));
    response.setHeader('Grpc-Metadata-Content-Type', 'application/grpc');
    answerJson(response, 200, messageToJson(rpc.response, answer));
  }

  private async observe(client: SessionClient, body: string, response: ServerResponse): Promise<void> {
    const request = messageFromJson(observeRpc.request, body);
    beginStream(response);
    try {
      await observe(client, request, (leader) => {
        response.write(streamLine(messageToJson(observeRpc.response, leader)));
      });
    } catch (failure) {
      if (!client.isOver) response.end(streamError(asFailure(failure).response));
    }
  }
}
