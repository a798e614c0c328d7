import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MemberHost } from '../../host/member_host.ts';
import type { HttpPart } from '../http_face.ts';
import { answerText } from '../reply.ts';
import { V2Keys } from './v2_keys.ts';
import { V2Members } from './v2_members.ts';
import { methodNotAllowed } from './v2_reply.ts';
import { V2Stats } from './v2_stats.ts';

/** The v2 API (etcd --enable-v2). Its own users and roles are not served. */
export class V2Face implements HttpPart {
  private readonly host: MemberHost;
  private readonly keys: V2Keys;
  private readonly members: V2Members;
  private readonly stats: V2Stats;

  constructor(host: MemberHost) {
    this.host = host;
    this.keys = new V2Keys(host);
    this.members = new V2Members(host);
    this.stats = new V2Stats(host);
  }

  handle(request: IncomingMessage, response: ServerResponse, path: string): boolean {
    const [, family, rest = ''] = /^\/v2\/(keys|members|stats|machines)(\/.*)?$/s.exec(path) ?? [];
    if (family === undefined) return false;
    if (family === 'stats') return this.serveStats(request, response, rest);
    if (family === 'machines') {
      const urls = this.host.state?.membership.list().flatMap(({ clientUrls }) => clientUrls) ?? [];
      answerText(response, 200, urls.join(', '));
      return true;
    }
    const decoded = decodeURIComponent(rest);
    response.setHeader('X-Etcd-Cluster-Id', this.host.config.clusterId.toString(16));
    if (family === 'keys') void this.keys.serve(request, response, decoded);
    else void this.members.serve(request, response, decoded);
    return true;
  }

  private serveStats(request: IncomingMessage, response: ServerResponse, rest: string): boolean {
    if (request.method === 'GET') return this.stats.serve(response, rest.slice(1));
    methodNotAllowed(response, ['GET']);
    return true;
  }
}
