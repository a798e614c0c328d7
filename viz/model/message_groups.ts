/** What a message is for. One hue per group; heartbeats are thin and grey because they are most of the traffic. */
export const groupNames = ['append', 'vote', 'snapshot', 'read', 'client', 'heartbeat'] as const;
export type GroupName = (typeof groupNames)[number];

export const Group = { append: 0, vote: 1, snapshot: 2, read: 3, client: 4, heartbeat: 5 } as const;

interface MessageType {
  readonly name: string;
  readonly words: string;
  readonly group: number;
  readonly response: boolean;
  readonly preVote: boolean;
}

function messageType(
  name: string,
  words: string,
  group: GroupName,
  response = false,
  preVote = false,
): MessageType {
  return { name, words, group: Group[group], response, preVote };
}

/** By the numbers of raftpb.MessageType. */
const types: readonly MessageType[] = [
  messageType('MsgHup', 'start of an election', 'vote'),
  messageType('MsgBeat', 'heartbeat tick', 'heartbeat'),
  messageType('MsgProp', 'proposal', 'append'),
  messageType('MsgApp', 'append', 'append'),
  messageType('MsgAppResp', 'append response', 'append', true),
  messageType('MsgVote', 'vote request', 'vote'),
  messageType('MsgVoteResp', 'vote response', 'vote', true),
  messageType('MsgSnap', 'snapshot', 'snapshot'),
  messageType('MsgHeartbeat', 'heartbeat', 'heartbeat'),
  messageType('MsgHeartbeatResp', 'heartbeat response', 'heartbeat', true),
  messageType('MsgUnreachable', 'report of an unreachable member', 'append'),
  messageType('MsgSnapStatus', 'snapshot status', 'snapshot', true),
  messageType('MsgCheckQuorum', 'quorum check', 'heartbeat'),
  messageType('MsgTransferLeader', 'leadership transfer', 'vote'),
  messageType('MsgTimeoutNow', 'order to campaign now', 'vote'),
  messageType('MsgReadIndex', 'read index request', 'read'),
  messageType('MsgReadIndexResp', 'read index response', 'read', true),
  messageType('MsgPreVote', 'pre-vote request', 'vote', false, true),
  messageType('MsgPreVoteResp', 'pre-vote response', 'vote', true, true),
];

/** Numbers of our own, above raftpb's, for what travels between clients and members. */
export const requestType = 40;
export const responseType = 41;
const clientRequest = messageType('request', 'client request', 'client');
const clientResponse = messageType('response', 'client response', 'client', true);

export function typeOf(number: number): MessageType {
  if (number === requestType) return clientRequest;
  if (number === responseType) return clientResponse;
  return types[number] ?? messageType(`type ${number}`, `message of type ${number}`, 'append');
}
