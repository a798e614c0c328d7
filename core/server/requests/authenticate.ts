import { emptyByteString } from '../../base/bytes.ts';
import type { ClientResponse } from '../api/index.ts';
import { authErrorResponse } from '../apply/auth_operations.ts';
import type { Ask } from './ask.ts';
import { type RequestContext, propose } from './context.ts';

/**
 * Signing in, after a linearizable read has made sure that this member knows the newest passwords: the password is compared
 * outside the log, because hashing is slow, and the log gets a random token to record.
 */
export function checkPassword(context: RequestContext, ask: Ask): void {
  const { auth } = context.state;
  if (ask.request.kind !== 'authenticate') return;
  const { name, password } = ask.request.authenticate;
  const checked = auth.checkPassword(name, password);
  if (checked.kind === 'refused') {
    context.respond(ask, authErrorResponse(checked.error));
    return;
  }
  const simple_token = auth.newSimpleToken();
  const body = { name, password: emptyByteString, simple_token };
  propose(
    context,
    { kind: 'internal_authenticate', internal_authenticate: body },
    { kind: 'authenticate', ask: { ...ask, auth: null }, revision: checked.value },
  );
}

/** The token was recorded. If users or roles changed meanwhile, the password may have: once more (etcd: Authenticate). */
export function finishAuthenticate(
  context: RequestContext,
  ask: Ask,
  revision: number,
  response: ClientResponse,
): void {
  if (context.state.auth.revision === revision) context.respond(ask, response);
  else context.reads.add(ask, context.ports.clock.nowNs());
}
