/** Who may vote and who did: elections by quorums of voters, and one list of members for all. */
import { compareNumbers } from '../../core/base/bytes.ts';
import type { Voters } from './durable_logs.ts';
import type { InvariantName } from './invariant_guarantees.ts';

export interface KnownMember {
  readonly id: number;
  readonly isLearner: boolean;
}

interface Known {
  readonly text: string;
  readonly member: number;
  readonly ids: readonly number[];
}

type Tell = (invariant: InvariantName, sentence: string, members: readonly number[]) => void;

/** Terms whose votes are remembered: an older winner is none any more. */
const termsKept = 64;

export class Ballots {
  private readonly nameOf: (member: number) => string;
  private readonly tell: Tell;
  private readonly looked: Record<InvariantName, number>;
  /** Per term and candidate: who granted a vote. */
  private readonly votes = new Map<number, Map<number, Set<number>>>();
  /** The members after each change, by the change's log index, as the first told. */
  private readonly known = new Map<number, Known>();
  private newestIndex = 0;
  /** Who was removed, and by which change. */
  private readonly removedAt = new Map<number, number>();

  constructor(nameOf: (member: number) => string, tell: Tell, looked: Record<InvariantName, number>) {
    this.nameOf = nameOf;
    this.tell = tell;
    this.looked = looked;
  }

  onVote(member: number, term: number, candidate: number): void {
    let ofTerm = this.votes.get(term);
    if (ofTerm === undefined) {
      this.votes.set(term, (ofTerm = new Map()));
      for (const old of this.votes.keys()) if (old < term - termsKept) this.votes.delete(old);
    }
    const voters = ofTerm.get(candidate);
    if (voters === undefined) ofTerm.set(candidate, new Set([member]));
    else voters.add(member);
  }

  /** Where the configuration changed in the same step, either may have been counted with. */
  onLeader(member: number, term: number, before: Voters, after: Voters): void {
    this.looked.electedByVoters++;
    const given = this.votes.get(term)?.get(member);
    const votes = (voter: number): boolean => voter === member || given?.has(voter) === true;
    const elects = ({ voters, outgoing }: Voters): boolean =>
      isMajority(voters, votes) && (outgoing.length === 0 || isMajority(outgoing, votes));
    if (elects(before) || elects(after)) return;
    const names = [...new Set([member, ...(given ?? [])])]
      .sort(compareNumbers)
      .map((each) => this.nameOf(each));
    const voters = after.voters.map((each) => this.nameOf(each)).join(', ');
    const sentence = `${this.nameOf(member)} leads term ${term} by the votes of ${names.join(', ')}; those who vote are ${voters}`;
    this.tell('electedByVoters', sentence, [member]);
  }

  /** Who is in the cluster after the change at `index`, as one member knows it. */
  onMembers(member: number, members: readonly KnownMember[], index: number): void {
    this.looked.oneMembership++;
    const ids = members.map(({ id }) => id).sort(compareNumbers);
    const text = members
      .map(({ id, isLearner }) => `${this.nameOf(id)}${isLearner ? ' (learner)' : ''}`)
      .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
      .join(', ');
    const known = this.known.get(index);
    if (known !== undefined) {
      if (known.text === text) return;
      const sentence = `after the change at entry ${index}, ${this.nameOf(known.member)} knows the members ${known.text}, and ${this.nameOf(member)} ${text}`;
      this.tell('oneMembership', sentence, [known.member, member]);
      return;
    }
    this.known.set(index, { text, member, ids });
    if (index > this.newestIndex) this.onNewest(member, ids, index);
  }

  private onNewest(member: number, ids: readonly number[], index: number): void {
    const before = this.known.get(this.newestIndex)?.ids ?? [];
    this.newestIndex = index;
    for (const id of before) if (!ids.includes(id)) this.removedAt.set(id, index);
    for (const id of ids) {
      const removed = this.removedAt.get(id);
      if (removed === undefined) continue;
      const sentence = `${this.nameOf(id)} was removed by entry ${removed} and is back after entry ${index}`;
      this.tell('oneMembership', sentence, [member]);
      this.removedAt.delete(id);
    }
  }
}

function isMajority(voters: readonly number[], votes: (voter: number) => boolean): boolean {
  return voters.filter(votes).length > voters.length / 2;
}
