import { fromText } from '../../core/base/bytes.ts';
import type { RecipeViolation } from '../../sim/checkers/recipes/timing.ts';
import type { Observed, ScenarioCheck, WorkloadClient } from '../../sim/scenario.ts';

/** What the workloads of recipes share: names, notes, and how what was noted becomes a check. */
export interface Noted<Data> {
  /** From 1. */
  readonly client: number;
  readonly ns: number;
  readonly data: Data;
}

/**
 * Writes and reads notes of one topic with one type: `data` is plain and comes back as it was written.
 */
export class Topic<Data> {
  private readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  note(client: WorkloadClient, data: Data): void {
    client.note(this.name, data);
  }

  of({ notes }: Observed): Noted<Data>[] {
    return notes
      .filter(({ topic }) => topic === this.name)
      .map(({ client, ns, data }) => ({ client, ns, data: data as Data }));
  }
}

/** A check from what a checker found; `nsOf` tells when the thing at a position of the checker's input was. */
export function checkOf(
  promise: Pick<ScenarioCheck, 'name' | 'guarantee'>,
  detail: string,
  found: readonly RecipeViolation[],
  nsOf: (position: number) => number,
): ScenarioCheck {
  const violations = found.map(({ sentence, involved }) => ({
    sentence,
    atNs: Math.max(0, ...involved.map(nsOf)),
  }));
  return { ...promise, detail, violations };
}

/** "3 holds". */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

export const bytes = fromText;

export function nameOf({ client }: { readonly client: number }): string {
  return `c${client}`;
}
