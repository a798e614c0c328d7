import type { NodeId } from '../base/ids.ts';
import { MessageType } from './message.ts';
import { makePlain } from './message_make.ts';
import type { Raft } from './raft.ts';
import { send } from './send.ts';

/** Lets a node that has the whole log campaign at once, without waiting for its timeout. */
export function sendTimeoutNow(raft: Raft, to: NodeId): void {
  send(raft, makePlain(MessageType.timeoutNow, to, raft.id, raft.term));
}
