/** What the scheduler's events mean: its `kind` column. The comments say what target, a, b and payload hold. */
export const Ev = {
  /** target member, a token, b incarnation */
  memberTimer: 0,
  /** target member, a trace index of the send, b sender, payload the message (or its bytes in wire mode) */
  message: 1,
  /** as `message`, a second copy */
  messageCopy: 2,
  /** target member, a sync id of its disk */
  diskDone: 3,
  /** target member, a trace index of the send, payload RequestEnvelope */
  request: 4,
  /** target client endpoint, a trace index of the send, b member, payload ResponseEnvelope */
  response: 5,
  /** target client endpoint, a token */
  clientTimer: 6,
  /** target client endpoint, a number of the script's wait that is due */
  clientWake: 7,
  /** the nemesis' script is due */
  nemesisWake: 8,
  /** payload the recorded intervention */
  intervention: 9,
  /** target member, b incarnation: the process starts */
  boot: 10,
  /** target member, a trace index of the sync's end, payload SyncCompletion that a paused process has yet to hear of */
  diskAnswer: 11,
  /** target member, a trace index of the send, b sender, payload SnapshotEnvelope */
  snapshot: 12,
  /** target the sender, a receiver, b the sender's incarnation, payload whether it arrived */
  snapshotSent: 13,
  /** target member, a trace index of the send, b asker, payload PeerCallEnvelope */
  peerCall: 14,
  /** target the asker, a trace index of the send, b the asker's incarnation, payload PeerAnswerEnvelope */
  peerAnswer: 15,
  /** target member or client, payload StreamEnvelope */
  stream: 16,
  /** target client endpoint, a number of its reading pace: it reads the next answer of its streams */
  clientTake: 17,
  /** target the receiver, a trace index of the send, b sender, payload DamagedFrame */
  corrupted: 18,
} as const;
