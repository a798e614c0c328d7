import type { IncomingMessage, ServerResponse } from 'node:http';
import { noNode } from '../../base/ids.ts';
import { fromText } from '../../base/bytes.ts';
import { errors } from '../../server/api/index.ts';
import type { MemberHost } from '../host/member_host.ts';
import { answerText } from './reply.ts';

/** What tells that this member can serve: no alarm, a leader, and a linearizable read that succeeds (etcd: checkHealth). */
export async function health(
  host: MemberHost,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'GET') {
    response.setHeader('Allow', 'GET');
    answerText(response, 405, 'Method Not Allowed\n');
    return;
  }
  const isHealthy = await isServing(host);
  (isHealthy ? host.figures.healthy : host.figures.unhealthy).inc();
  answerText(response, isHealthy ? 200 : 503, `{"health":"${isHealthy}"}`);
}

async function isServing(host: MemberHost): Promise<boolean> {
  const { state, member } = host;
  if (state === null || state.alarms.list('NONE').length > 0 || member.leader === noNode) return false;
  const answer = await host.request({ kind: 'range', range: { key: fromText('health') } }, undefined);
  // A read that auth refuses has come to the store, too.
  return answer.kind !== 'error' || answer.message === errors.userEmpty.message;
}
