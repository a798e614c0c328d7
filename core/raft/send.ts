import { assert } from '../base/assert.ts';
import type { Message } from './message.ts';
import type { Raft } from './raft.ts';

/** A message that promises nothing about this node's disk: it may leave before the disk is written. */
export function send(raft: Raft, message: Message): void {
  assert(message.to !== raft.id, 'a message to oneself waits for the disk');
  // Most steps send one message: a literal has room for one, an empty array that is pushed to makes room for 17.
  if (raft.messages.length === 0) raft.messages = [message];
  else raft.messages.push(message);
}

/**
 * A message that says "I have this": an acknowledgement or a vote, also the node's own to itself. It waits
 * until the disk has what it promises (Raft thesis 3.8).
 */
export function sendAfterAppend(raft: Raft, message: Message): void {
  if (raft.messagesAfterAppend.length === 0) raft.messagesAfterAppend = [message];
  else raft.messagesAfterAppend.push(message);
}
