/** Who is in the cluster, as of the newest conf change that any member has applied. */
export class Roster {
  voters: readonly number[];
  learners: readonly number[] = [];
  /** Told of the voters after each change. */
  onChange: (voters: readonly number[]) => void = () => undefined;
  private readonly first: number;
  private index = 0;

  constructor(voters: readonly number[]) {
    this.first = voters.length;
    this.voters = voters;
  }

  /** A member knows these members after the entry at `index`. */
  learn(members: readonly { readonly id: number; readonly isLearner: boolean }[], index: number): void {
    // At the first start the first members are added one by one.
    if (index <= this.index || members.length === 0 || index <= this.first) return;
    this.index = index;
    const among = (learners: boolean): number[] =>
      members.filter(({ isLearner }) => isLearner === learners).map(({ id }) => id);
    this.learners = among(true);
    this.voters = among(false);
    this.onChange(this.voters);
  }

  /** Ascending. */
  get members(): readonly number[] {
    return [...this.voters, ...this.learners].sort((a, b) => a - b);
  }
}
