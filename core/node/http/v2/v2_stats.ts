import type { ServerResponse } from 'node:http';
import { toText } from '../../../base/bytes.ts';
import { noNode } from '../../../base/ids.ts';
import { nsPerSecond } from '../../../limits.ts';
import { formatTime } from '../../../v2store/index.ts';
import type { MemberHost } from '../../host/member_host.ts';
import { answerJson } from '../reply.ts';
import { answerMessage } from './v2_reply.ts';

const stateNames = {
  follower: 'StateFollower',
  preCandidate: 'StatePreCandidate',
  candidate: 'StateCandidate',
  leader: 'StateLeader',
} as const;

/** /v2/stats: what this member tells of itself, of its followers and of the v2 store. */
export class V2Stats {
  private readonly host: MemberHost;
  private readonly startedNs: bigint;

  constructor(host: MemberHost) {
    this.host = host;
    this.startedNs = host.clock.wallNs();
  }

  /** False: there are no such figures. */
  serve(response: ServerResponse, which: string): boolean {
    if (which === 'self') answerObject(response, this.self());
    else if (which === 'leader') this.leader(response);
    else if (which === 'store') {
      const { state } = this.host;
      answerJson(response, 200, state === null ? '{}' : toText(state.v2.statsJson()));
    } else return false;
    return true;
  }

  private get leaderId(): string {
    const { member, config } = this.host;
    return member.leader === noNode ? '0' : config.ids.foreign(member.leader).toString(16);
  }

  private self(): object {
    const { member, config, clock } = this.host;
    const sinceNs = clock.wallNs() - this.startedNs;
    const startTime = formatTime(this.startedNs);
    return {
      name: config.name,
      id: config.ids.foreign(config.id).toString(16),
      state: stateNames[member.role],
      startTime,
      leaderInfo: { leader: this.leaderId, uptime: `${Number(sinceNs) / nsPerSecond}s`, startTime },
      recvAppendRequestCnt: 0,
      sendAppendRequestCnt: 0,
    };
  }

  private leader(response: ServerResponse): void {
    const { member } = this.host;
    if (member.role === 'leader') answerObject(response, { leader: this.leaderId, followers: {} });
    else answerMessage(response, 403, 'not current leader');
  }
}

function answerObject(response: ServerResponse, value: object): void {
  answerJson(response, 200, JSON.stringify(value));
}
