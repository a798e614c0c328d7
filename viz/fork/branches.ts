import type { Intervention } from '../../sim/trace/run_info.ts';

/** A run of the page's, and which other it left when. */
export interface Branch<Run> {
  readonly id: number;
  /** Unlike that of any other. */
  readonly name: string;
  /** Id of the run that it left; -1 for the one that was loaded. */
  readonly parent: number;
  /** When it left; 0 for the one that was loaded. */
  readonly atNs: number;
  readonly run: Run;
}

/** The runs that a person has made of one. */
export class Branches<Run> {
  private readonly all: Branch<Run>[] = [];
  private shownId = 0;

  constructor(name: string, run: Run) {
    this.all.push({ id: 0, name, parent: -1, atNs: 0, run });
  }

  get list(): readonly Branch<Run>[] {
    return this.all;
  }

  get shown(): Branch<Run> {
    return this.all[this.shownId] as Branch<Run>;
  }

  /** Adds a fork of the run that is shown, or of another, and shows it. A name that is taken gets a number. */
  add(name: string, atNs: number, run: Run, parent = this.shownId): Branch<Run> {
    const branch = { id: this.all.length, name: this.freeName(name), parent, atNs, run };
    this.all.push(branch);
    this.shownId = branch.id;
    return branch;
  }

  show(id: number): Branch<Run> {
    const branch = this.all[id];
    if (branch === undefined) throw new RangeError(`there is no run ${id}`);
    this.shownId = id;
    return branch;
  }

  parentOf({ parent }: Branch<Run>): Branch<Run> | null {
    return this.all[parent] ?? null;
  }

  /** How many runs lie between a run and the one that was loaded. */
  depthOf(branch: Branch<Run>): number {
    const parent = this.parentOf(branch);
    return parent === null ? 0 : 1 + this.depthOf(parent);
  }

  /** Each run followed by its own forks, in the order in which they were made. */
  get inTree(): readonly Branch<Run>[] {
    const under = (id: number): Branch<Run>[] =>
      this.all.filter(({ parent }) => parent === id).flatMap((each) => [each, ...under(each.id)]);
    return under(-1);
  }

  private freeName(wanted: string): string {
    const name = wanted.trim() === '' ? 'fork' : wanted.trim();
    const taken = (text: string): boolean => this.all.some((each) => each.name === text);
    if (!taken(name)) return name;
    let number = 2;
    while (taken(`${name} (${number})`)) number++;
    return `${name} (${number})`;
  }
}

/** A list without one entry, and when the run without it begins to differ. */
export function without(
  list: readonly Intervention[],
  at: number,
): { readonly interventions: readonly Intervention[]; readonly atNs: number } {
  const left = list[at];
  if (left === undefined) throw new RangeError(`there is no intervention ${at}`);
  return { interventions: list.toSpliced(at, 1), atNs: left.atNs };
}
