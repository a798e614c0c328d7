import type { IncomingMessage, ServerResponse } from 'node:http';
import { fromText } from '../../../base/bytes.ts';
import { type ClientRequest, type ErrorResponse, errors } from '../../../server/api/index.ts';
import type { ClusterMember } from '../../../server/membership/index.ts';
import type { MemberHost } from '../../host/member_host.ts';
import { readBody } from '../reply.ts';
import { answerMessage, answerV2, methodNotAllowed } from './v2_reply.ts';

const methods = ['GET', 'POST', 'DELETE', 'PUT'] as const;

/** /v2/members: the membership as the v2 API shows and changes it. */
export class V2Members {
  private readonly host: MemberHost;

  constructor(host: MemberHost) {
    this.host = host;
  }

  /** `path` is what stands behind /v2/members. */
  async serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const id = path.replace(/^\//, '').replace(/\/$/, '');
    if (request.method === 'GET') this.list(id, response);
    else if (request.method === 'DELETE') await this.remove(id, response);
    else if (request.method === 'POST' || request.method === 'PUT') {
      const urls = await peerUrlsIn(request, response);
      if (urls !== null && request.method === 'POST') await this.add(urls, response);
      else if (urls !== null) await this.update(id, urls, response);
    } else methodNotAllowed(response, methods);
  }

  private get members(): readonly ClusterMember[] {
    const { ids } = this.host.config;
    const members = [...(this.host.state?.membership.list() ?? [])];
    return members.sort((a, b) => (ids.foreign(a.id) < ids.foreign(b.id) ? -1 : 1));
  }

  private shown({ id, name, peerUrls, clientUrls }: ClusterMember): object {
    const hex = this.host.config.ids.foreign(id).toString(16);
    return { id: hex, name, peerURLs: peerUrls, clientURLs: clientUrls };
  }

  private list(which: string, response: ServerResponse): void {
    const { members } = this;
    if (which === '') {
      const shown = members.map((member) => this.shown(member));
      answerV2(response, 200, fromText(JSON.stringify({ members: shown })));
      return;
    }
    const leader = members.find(({ id }) => id === this.host.member.leader);
    if (which !== 'leader') answerMessage(response, 404, 'Not found');
    else if (leader === undefined) answerMessage(response, 503, 'During election');
    else answerV2(response, 200, fromText(JSON.stringify(this.shown(leader))));
  }

  private async add(urls: readonly string[], response: ServerResponse): Promise<void> {
    const answer = await this.host.request(
      { kind: 'member_add', member_add: { peerURLs: urls.map(fromText) } },
      undefined,
    );
    if (answer.kind === 'error') {
      refuse(response, answer, '');
      return;
    }
    const added = answer.kind === 'member_add' ? answer.member_add.member.ID : 0n;
    const member = this.members.find(({ id }) => this.host.config.ids.foreign(id) === added);
    if (member !== undefined) answerV2(response, 201, fromText(JSON.stringify(this.shown(member))));
  }

  private async remove(id: string, response: ServerResponse): Promise<void> {
    await this.change(id, response, (ID) => ({ kind: 'member_remove', member_remove: { ID } }));
  }

  private async update(id: string, urls: readonly string[], response: ServerResponse): Promise<void> {
    const peerURLs = urls.map(fromText);
    await this.change(id, response, (ID) => ({ kind: 'member_update', member_update: { ID, peerURLs } }));
  }

  private async change(
    id: string,
    response: ServerResponse,
    request: (id: bigint) => ClientRequest,
  ): Promise<void> {
    if (!/^[0-9a-fA-F]{1,16}$/.test(id)) {
      answerMessage(response, 404, `No such member: ${id}`);
      return;
    }
    const foreign = BigInt(`0x${id}`);
    const isRemoved = this.host.state?.membership
      .removed()
      .some((removed) => this.host.config.ids.foreign(removed) === foreign);
    if (isRemoved === true) {
      answerMessage(response, 410, `Member permanently removed: ${id}`);
      return;
    }
    const answer = await this.host.request(request(foreign), undefined);
    if (answer.kind === 'error') refuse(response, answer, id);
    else {
      response.writeHead(204);
      response.end();
    }
  }
}

/** The addresses in the body; null if there are none, which is answered then. */
async function peerUrlsIn(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<readonly string[] | null> {
  const type = request.headers['content-type'] ?? '';
  if (type !== 'application/json') {
    answerMessage(response, 415, `Bad Content-Type ${type}, accept application/json`);
    return null;
  }
  const body = await readBody(request, response);
  if (body === null) return null;
  try {
    const { peerURLs } = JSON.parse(body) as { readonly peerURLs?: unknown };
    if (Array.isArray(peerURLs) && peerURLs.length > 0 && peerURLs.every((url) => typeof url === 'string')) {
      return peerURLs;
    }
    answerMessage(response, 400, 'no valid URLs given');
  } catch (error) {
    answerMessage(response, 400, error instanceof Error ? error.message : String(error));
  }
  return null;
}

function refuse(response: ServerResponse, { message }: ErrorResponse, id: string): void {
  if (message === errors.memberNotFound.message) answerMessage(response, 404, `No such member: ${id}`);
  else if (message === errors.peerUrlExists.message) {
    answerMessage(response, 409, 'membership: peerURL exists');
  } else if (message === errors.memberExists.message) answerMessage(response, 409, 'membership: ID exists');
  else if (message === errors.memberBadUrls.message) answerMessage(response, 400, message);
  else answerMessage(response, 500, 'Internal Server Error');
}
