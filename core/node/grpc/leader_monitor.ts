import { type NodeId, noNode } from '../../base/ids.ts';
import { errors } from '../../server/api/index.ts';
import type { Member } from '../../server/member.ts';

/** Election timeouts without a leader after which streams that need one are ended (etcd: maxNoLeaderCnt). */
const leaderlessMax = 3;

/** Ends streams of clients that require a leader when there is none for some time. */
export class LeaderMonitor {
  private readonly member: Pick<Member, 'leader'>;
  private readonly enders = new Set<(reason: string) => void>();
  private readonly handle: NodeJS.Timeout;
  private leaderless = 0;
  private leader: NodeId = noNode;
  /** How often another member was found to lead than before, as often as it is looked. */
  changes = 0;

  constructor(member: Pick<Member, 'leader'>, electionMs: number) {
    this.member = member;
    this.handle = setInterval(() => this.look(), electionMs);
    this.handle.unref();
  }

  /** Returns how to leave. */
  add(end: (reason: string) => void): () => void {
    this.enders.add(end);
    return () => void this.enders.delete(end);
  }

  private look(): void {
    const { leader } = this.member;
    if (leader !== noNode && leader !== this.leader) {
      this.leader = leader;
      this.changes++;
    }
    this.leaderless = leader === noNode ? this.leaderless + 1 : 0;
    if (this.leaderless < leaderlessMax) return;
    for (const end of this.enders) end(errors.noLeader.message);
    this.enders.clear();
  }

  stop(): void {
    clearInterval(this.handle);
  }
}
