import type { NodeId, RequestId } from '../../base/ids.ts';
import type { Token } from '../../ports.ts';
import type { Message, SnapMessage } from '../../raft/index.ts';
import type { Membership } from '../../server/membership/index.ts';
import type { PeerAnswer, PeerCall } from '../../server/peers/messages.ts';

/** A snapshot's database on its way to the disk. */
export interface SnapshotReceipt {
  write(bytes: Uint8Array): void;
  /** All of it is here. `told` hears once, if the member lives so long: null when raft has the snapshot, else why it was not taken. */
  finish(told: (refused: string | null) => void): void;
  /** The rest does not come. */
  abort(): void;
}

/** What a transport tells the member; each may be called at any time. */
export interface PeerHandler {
  onMessage(message: Message): void;
  /** A snapshot's message is here, and its database comes next. Null: the member takes nothing now. */
  receiveSnapshot(message: SnapMessage): SnapshotReceipt | null;
  onSnapshotSent(to: NodeId, delivered: boolean): void;
  onPeerCall(id: RequestId, from: NodeId, call: PeerCall): void;
  /** Null: the peer could not be reached, or did not answer in time. */
  onPeerAnswer(token: Token, answer: PeerAnswer | null): void;
  /** The last message to this member was lost. */
  onUnreachable(to: NodeId): void;
  /** Another member, or this one's own log, said that this one was removed. */
  onRemoved(): void;
  /** Who is in the cluster, as far as the member has applied; to be looked at. Null while it reads its disk, or when that failed. */
  membership(): Membership | null;
}

/** How a member reaches the others. Nothing may be called back from within a call. */
export interface PeerTransport {
  /** Begins to listen and to connect. Rejects with what a person can mend, such as an address in use. */
  start(handler: PeerHandler): Promise<void>;
  /** The message may be lost. */
  send(to: NodeId, message: Message): void;
  /** Ends in `onSnapshotSent`, however it goes. */
  sendSnapshot(to: NodeId, message: Message, database: Uint8Array): void;
  /** Ends in `onPeerAnswer`, however it goes. */
  callPeer(to: NodeId, call: PeerCall, token: Token): void;
  answerPeer(call: RequestId, answer: PeerAnswer): void;
  /** The membership is another one. */
  onMembers?(): void;
  /** Nothing is told any more. */
  stop(): Promise<void>;
}

/** The transport of a member that is alone: nobody is there. */
export class NoPeers implements PeerTransport {
  private handler: PeerHandler | null = null;

  start(handler: PeerHandler): Promise<void> {
    this.handler = handler;
    return Promise.resolve();
  }

  send(_to: NodeId, _message: Message): void {
    // Lost, which may happen to every message.
  }

  sendSnapshot(to: NodeId, _message: Message, _database: Uint8Array): void {
    setImmediate(() => this.handler?.onSnapshotSent(to, false));
  }

  callPeer(_to: NodeId, _call: PeerCall, token: Token): void {
    setImmediate(() => this.handler?.onPeerAnswer(token, null));
  }

  answerPeer(_call: RequestId, _answer: PeerAnswer): void {
    // Nobody asks.
  }

  stop(): Promise<void> {
    this.handler = null;
    return Promise.resolve();
  }
}
