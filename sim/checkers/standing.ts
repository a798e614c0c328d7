/** Whether the members stand: none ends without a reason outside of it, and all know alike who belongs to the cluster. */
import type { InvariantName } from './invariant_guarantees.ts';

export interface KnownMember {
  readonly id: number;
  readonly isLearner: boolean;
}

type Tell = (invariant: InvariantName, sentence: string, members: readonly number[]) => void;

interface Membership {
  /** Raft index of the change that made it. */
  readonly index: number;
  readonly text: string;
  /** Who applied that change first. */
  readonly member: number;
}

export class Standing {
  private readonly nameOf: (member: number) => string;
  private readonly tell: Tell;
  private readonly looked: Record<InvariantName, number>;
  /** What the first member to apply each change knew then, oldest first. */
  private readonly memberships: Membership[] = [];

  constructor(nameOf: (member: number) => string, tell: Tell, looked: Record<InvariantName, number>) {
    this.nameOf = nameOf;
    this.tell = tell;
    this.looked = looked;
  }

  /** A member has read its disk. */
  onStarted(): void {
    this.looked.goodDisk++;
  }

  /** A member stopped by itself, or could not start, although it belongs to the cluster. `faultsHit`: what its disk ever did wrong. */
  onStopped(member: number, reason: string, faultsHit: number): void {
    this.looked.goodDisk++;
    if (faultsHit > 0) return;
    this.tell(
      'goodDisk',
      `${this.nameOf(member)} can't go on, though its disk did nothing wrong: ${reason}`,
      [member],
    );
  }

  /** A member knows these members: after a change at this index, or from a snapshot of it. */
  onMembers(member: number, index: number, members: readonly KnownMember[], isChange: boolean): void {
    const text = members
      .map(({ id, isLearner }) => `${this.nameOf(id)}${isLearner ? ' (learner)' : ''}`)
      .join(', ');
    const known = this.memberships.findLast((each) => each.index <= index);
    const isNew = isChange && (known === undefined || known.index < index);
    if (isNew && known === this.memberships.at(-1)) this.memberships.push({ index, text, member });
    if (isNew || known === undefined) return;
    this.looked.oneMembership++;
    if (known.text === text) return;
    const first = known.member === member ? 'before' : `on ${this.nameOf(known.member)}`;
    this.tell(
      'oneMembership',
      `as of entry ${index} ${this.nameOf(member)} knows the members ${text}; ${first} they were ${known.text}`,
      known.member === member ? [member] : [known.member, member],
    );
  }
}
