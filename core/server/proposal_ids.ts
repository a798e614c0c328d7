import type { NodeId } from '../base/ids.ts';

/** Microseconds below the prefix: more than a clock of 53 bits of nanoseconds can count. */
const idSpan = 2 ** 44;
/** What is left of 53 bits. */
const prefixes = 512;
/** A member of a small number is told apart by that alone. */
const smallIds = 64;

/** Pieces of a member's id, each of which may be its prefix: the first follows from the low 6 bits, the others from 9 bits each. */
function prefixesOf(member: NodeId): readonly number[] {
  const pieces = [(member % smallIds) * (prefixes / smallIds)];
  for (let rest = Math.floor(member / smallIds); rest > 0; rest = Math.floor(rest / prefixes)) {
    pieces.push(rest % prefixes);
  }
  return pieces;
}

/**
 * The first piece of this member's id that is no piece of another's. So two members that know each other never choose the same, whatever
 * else each of them knows, and neither do two of which only one knows the other. etcd takes 16 bits of the id and leaves it to chance.
 */
export function proposalPrefix(member: NodeId, others: readonly NodeId[]): number {
  const taken = new Set(others.flatMap((other) => (other === member ? [] : prefixesOf(other))));
  const own = prefixesOf(member);
  return own.find((piece) => !taken.has(piece)) ?? (own[0] as number);
}

/**
 * Ids that match an applied entry to the request that waits for it, as etcd's idutil: the member's prefix, then time, so that
 * an entry proposed before a restart is never taken for one proposed after it.
 */
export class ProposalIds {
  private readonly member: NodeId;
  private readonly members: () => readonly { readonly id: NodeId }[];
  private known: readonly { readonly id: NodeId }[] | null = null;
  private prefix = 0;
  private last = 0;

  /** `members`: who is in the cluster; the same array as long as nothing changes. */
  constructor(member: NodeId, members: () => readonly { readonly id: NodeId }[]) {
    this.member = member;
    this.members = members;
  }

  next(nowNs: number): number {
    const members = this.members();
    if (members !== this.known) {
      this.known = members;
      const ids = members.map(({ id }) => id);
      this.prefix = proposalPrefix(this.member, ids) * idSpan;
    }
    const micros = Math.floor(nowNs / 1000) % idSpan;
    this.last = micros > this.last ? micros : this.last + 1;
    return this.prefix + this.last;
  }
}
