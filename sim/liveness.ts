import type { Cluster } from './cluster.ts';
import type { MemberProcess } from './cluster/process.ts';
import { defaultDiskLatency } from './limits.ts';
import { Kind, argument } from './trace/kinds.ts';

/**
 * Why a cluster does not go on, a line for each member and for each client that can't reach somebody: what it is, and for whom or what it
 * waits. It is told from how the world is, not from what members believe of each other.
 */
export function whoWaits(cluster: Cluster): string[] {
  return new Waiting(cluster).lines();
}

class Waiting {
  private readonly cluster: Cluster;
  private readonly voters: readonly number[];
  private readonly majority: number;
  /** Links that are cut or hold what is sent, as `from->to`. */
  private readonly disturbed: ReadonlySet<string>;

  constructor(cluster: Cluster) {
    const { network, roster } = cluster.world;
    this.cluster = cluster;
    this.voters = roster.voters;
    this.majority = Math.floor(this.voters.length / 2) + 1;
    this.disturbed = new Set(network.disturbed().map(([from, to]) => linkName(from, to)));
  }

  lines(): string[] {
    const { cluster } = this;
    const members = cluster.members.map((member) => {
      const process = this.process(member);
      return `n${member} ${this.state(process)}${diskWords(process)}`;
    });
    const clients = cluster.clients.flatMap(({ endpoint }) => {
      const cutOff = cluster.members.filter((member) => this.linkTrouble(endpoint, member) !== null);
      const name = cluster.world.nameOf(endpoint);
      return cutOff.length === 0 ? [] : [`${name} does not reach ${names(cutOff)}`];
    });
    return [...members, ...clients];
  }

  private process(member: number): MemberProcess {
    return this.cluster.processes[member - 1] as MemberProcess;
  }

  private state(process: MemberProcess): string {
    const { member, paused } = process;
    const away = this.absence(process);
    if (member === null) return away ?? 'is down';
    const role = `${roleWords[member.role]} term ${member.term}`;
    if (paused) return `is paused: it ${role}, and neither hears nor says anything`;
    if (member.role === 'leader') return `${role}, ${this.leading(process)}`;
    if (member.role === 'follower') return `${role}, ${this.following(process)}`;
    return `${role}, ${this.standing(process)}`;
  }

  /** Why a member can't answer anybody; null if it could. */
  private absence(process: MemberProcess): string | null {
    if (process.booting) {
      return process.disk.stalled ? 'waits for its disk to start, which stands still' : 'is starting';
    }
    if (process.isUp) return process.paused ? 'is paused' : null;
    return `is down${this.endOf(process.number)}`;
  }

  /** How the member's last life ended. */
  private endOf(member: number): string {
    const { trace } = this.cluster.world;
    for (let row = trace.length - 1; row >= 0; row--) {
      if (trace.lanes[row] !== member) continue;
      const kind = trace.kinds[row];
      if (kind === Kind.crash) return ': it lost power';
      if (kind === Kind.failed) return `: ${trace.text(row, argument('failed', 'text'))}`;
    }
    return ': it was never started';
  }

  // --- what roles wait for

  private leading({ number: leader, member }: MemberProcess): string {
    if (member === null) return '';
    const { term, commitIndex } = member;
    let last = commitIndex;
    while (member.termAt(last + 1) !== -1) last++;
    // Only an entry of its own term is committed by counting (Raft paper, section 5.4.2).
    let index = commitIndex + 1;
    while (index < last && member.termAt(index) !== term) index++;
    if (index > last) {
      const reached = this.voters.filter(
        (voter) => voter === leader || this.hindrance(leader, voter) === null,
      );
      const told = `all ${last} entries are committed`;
      if (reached.length >= this.majority) return told;
      const missing = this.missing(
        leader,
        this.voters.filter((voter) => !reached.includes(voter)),
      );
      return `${told}; a read needs ${this.need()}: ${missing}`;
    }
    const having = this.voters.filter((voter) => this.process(voter).member?.termAt(index) === term);
    const lacking = this.voters.filter((voter) => !having.includes(voter));
    const unheard = having.filter((voter) => this.hindrance(leader, voter) !== null);
    return `entry ${index} needs ${this.need()} and is on ${names(having)}: ${this.missing(leader, [...unheard, ...lacking])}`;
  }

  private standing({ number: candidate, member }: MemberProcess): string {
    const { term = 0 } = member ?? {};
    // Who would agree writes nothing down.
    if (member?.role === 'preCandidate') {
      const asked = this.voters.filter((voter) => voter !== candidate);
      return `needs ${this.need()} to agree, itself one of them: ${this.missing(candidate, asked)}`;
    }
    const agreeing = this.voters.filter((voter) => {
      const other = this.process(voter).member;
      return other?.term === term && other.vote === candidate;
    });
    const others = this.voters.filter((voter) => voter !== candidate);
    const heard = agreeing.filter(
      (voter) => voter === candidate || this.hindrance(candidate, voter) === null,
    );
    const missing = others.filter((voter) => !heard.includes(voter));
    return `needs the votes of ${this.need()} and has ${names(heard)}: ${this.missing(candidate, missing, term)}`;
  }

  private following({ number: follower, member }: MemberProcess): string {
    const leader = member?.leader ?? 0;
    if (leader === 0) return 'knows nobody who leads and waits for its election timeout';
    const { member: led } = this.process(leader);
    const gone = this.absence(this.process(leader));
    if (gone !== null) return `waits for n${leader}, which ${gone}`;
    if (led?.role !== 'leader') return `waits for n${leader}, which does not lead any more`;
    const cut = this.linkTrouble(leader, follower);
    if (cut !== null) return `waits for n${leader}: ${cut}`;
    const { commitIndex = 0, appliedIndex = 0 } = member ?? {};
    if (commitIndex < led.commitIndex) return `waits for entry ${commitIndex + 1} of n${leader}`;
    return appliedIndex < commitIndex
      ? `has applied ${appliedIndex} of ${commitIndex} entries`
      : `has all that n${leader} has committed`;
  }

  private need(): string {
    return `${this.majority} of ${this.voters.length}`;
  }

  /** Why each of these has not answered. `term`: of an election. */
  private missing(asker: number, voters: readonly number[], term = 0): string {
    const told = voters.map((voter) => {
      const { member } = this.process(voter);
      const hindrance = this.hindrance(asker, voter);
      if (hindrance !== null) return `n${voter} ${hindrance}`;
      if (member !== null && term > 0 && member.term > term)
        return `n${voter} is in term ${member.term} already`;
      if (member !== null && member.term === term && member.vote !== 0 && member.vote !== asker)
        return `n${voter} voted for n${member.vote}`;
      if (member !== null && member.leader !== 0 && member.leader !== asker)
        return `n${voter} follows n${member.leader}`;
      return `n${voter} has not answered`;
    });
    return told.length === 0 ? 'nothing is missing but time' : told.join('; ');
  }

  /** What keeps `voter` from answering `asker`; null if nothing does. */
  private hindrance(asker: number, voter: number): string | null {
    const process = this.process(voter);
    const away = this.absence(process);
    if (away !== null) return away;
    const trouble = this.linkTrouble(asker, voter) ?? this.linkTrouble(voter, asker);
    if (trouble !== null) return `can not answer: ${trouble}`;
    return process.disk.stalled ? 'can not answer: its disk completes no sync' : null;
  }

  private linkTrouble(from: number, to: number): string | null {
    if (!this.disturbed.has(linkName(from, to))) return null;
    const { network } = this.cluster.world;
    const what = network.isOpen(from, to) ? 'holds back what is sent' : 'is cut';
    return `the link from ${this.nameOf(from)} to ${this.nameOf(to)} ${what}`;
  }

  private nameOf(endpoint: number): string {
    return this.cluster.world.nameOf(endpoint);
  }
}

const roleWords = {
  leader: 'leads',
  follower: 'follows in',
  candidate: 'stands for election in',
  preCandidate: 'asks whether it may stand for election after',
} as const;

function diskWords({ disk, member }: MemberProcess): string {
  if (member === null) return '';
  if (disk.stalled) return '; its disk completes no sync';
  const { syncMinNs, syncMeanNs } = disk.latency;
  const usual = defaultDiskLatency.syncMinNs + defaultDiskLatency.syncMeanNs;
  // Ten times as slow as usual may be what everybody waits for.
  if (syncMinNs + syncMeanNs < 10 * usual) return '';
  return `; a sync of its disk takes ${Math.round((syncMinNs + syncMeanNs) / 1_000_000)} ms on average`;
}

function linkName(from: number, to: number): string {
  return `${from}->${to}`;
}

function names(members: readonly number[]): string {
  return members.length === 0 ? 'nobody' : members.map((member) => `n${member}`).join(', ');
}
