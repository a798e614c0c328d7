import type { ByteString } from '../../base/bytes.ts';
import { noNode } from '../../base/ids.ts';
import {
  type RequestBodies,
  type RequestKind,
  type ResponseBodies,
  type WatchResponse,
  errors,
} from '../../server/api/index.ts';
import { requestOf } from '../../server/api/wire.ts';
import { RequestFailure, errorOfReason } from '../grpc/failure.ts';
import type { MemberHost } from '../host/member_host.ts';

/** Asks the member of this process as one of its clients, for a call of a client that may give up. */
export class SessionClient {
  private readonly host: MemberHost;
  private readonly token: ByteString | undefined;
  /** Aborted when whoever called is gone. */
  private readonly signal: AbortSignal;

  constructor(host: MemberHost, token: ByteString | undefined, signal: AbortSignal) {
    this.host = host;
    this.token = token;
    this.signal = signal;
  }

  get isOver(): boolean {
    return this.signal.aborted;
  }

  /** Rejects with RequestFailure. */
  async call<Kind extends RequestKind>(kind: Kind, body: RequestBodies[Kind]): Promise<ResponseBodies[Kind]> {
    const answer = await this.host.request(requestOf(kind, body), this.token);
    if (answer.kind === 'error') throw new RequestFailure(answer);
    return (answer as unknown as Readonly<Record<Kind, ResponseBodies[Kind]>>)[kind];
  }

  get knowsLeader(): boolean {
    return this.host.member.leader !== noNode;
  }

  /**
   * The answers of a watch, until `take` returns true. Rejects with RequestFailure when the watch ends before, or whoever called
   * is gone.
   */
  watch(
    create: { readonly key: ByteString; readonly range_end?: ByteString; readonly start_revision: number },
    take: (answer: WatchResponse) => boolean,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      let isOpen = true;
      const leave = (): void => {
        isOpen = false;
        this.signal.removeEventListener('abort', giveUp);
      };
      const fail = (reason: string): void => reject(new RequestFailure(errorOfReason(reason)));
      const giveUp = (): void => {
        if (!isOpen) return;
        leave();
        opened.close();
        fail(errors.watchCanceled.message);
      };
      const opened = this.host.openWatch(
        {
          onAnswer: (answer) => {
            if (!isOpen) return;
            const isTaken = take(answer);
            if (!isTaken && !answer.canceled) {
              opened.taken(1);
              return;
            }
            leave();
            opened.close();
            if (isTaken) resolve();
            else fail(answer.cancel_reason === '' ? errors.compacted.message : answer.cancel_reason);
          },
          onClosed: (reason) => {
            if (!isOpen) return;
            leave();
            fail(reason);
          },
        },
        this.token,
      );
      this.signal.addEventListener('abort', giveUp);
      if (this.signal.aborted) giveUp();
      else if (isOpen) opened.request({ kind: 'create', create });
    });
  }
}
