import { fromText } from '../../core/base/bytes.ts';
import { type ClientRequest, type ClientResponse, errors } from '../../core/server/api/index.ts';
import type { InterventionAction } from '../trace/run_info.ts';

export type AdminAction = Extract<InterventionAction, { readonly kind: 'admin' }>;

/** What a person with etcdctl asks one member for. Members are named by their numbers, here and in their addresses. */
export function adminRequest({ request, member }: AdminAction): ClientRequest {
  const ID = BigInt(member);
  const peerURLs = [fromText(`http://n${member}:2380`)];
  switch (request) {
    case 'addMember':
      return { kind: 'member_add', member_add: { peerURLs } };
    case 'addLearner':
      return { kind: 'member_add', member_add: { peerURLs, isLearner: true } };
    case 'removeMember':
      return { kind: 'member_remove', member_remove: { ID } };
    case 'promoteMember':
      return { kind: 'member_promote', member_promote: { ID } };
    case 'moveLeader':
      return { kind: 'move_leader', move_leader: { targetID: ID } };
  }
}

/** The endpoint of whoever asks: the world itself. */
export const adminEndpoint = 0;

/** What was asked, by number, and what came back: `ok` or the error's text. */
export class AdminAnswers {
  private readonly answers = new Map<number, string>();
  private asked = 0;

  get next(): number {
    return this.asked + 1;
  }

  ask(): number {
    return ++this.asked;
  }

  answered(call: number, response: ClientResponse): string {
    const text = response.kind === 'error' ? response.message : 'ok';
    this.answers.set(call, text);
    return text;
  }

  /** Where users have to sign in, a read's answer is that nobody has: also that takes a quorum. */
  readWasAnswered(call: number): boolean {
    const answer = this.answer(call);
    return answer === 'ok' || answer === errors.userEmpty.message;
  }

  /** Null as long as there is none; there may never be one. */
  answer(call: number): string | null {
    return this.answers.get(call) ?? null;
  }
}
