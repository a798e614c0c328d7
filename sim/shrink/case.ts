import type { RunRequest } from '../run.ts';
import type { ClientLoad, Intervention, RunInfo } from '../trace/run_info.ts';

/** What a shrinker may change of a run. The scenario, the seed and the planted bugs stay. */
export interface ShrinkCase {
  readonly members: number;
  readonly clients: number;
  readonly durationMs: number;
  readonly interventions: readonly Intervention[];
  /** One entry per client that does not do everything, by number. */
  readonly load: readonly ClientLoad[];
}

export function caseOf({ options, interventions }: RunInfo): ShrinkCase {
  const { members, clients, durationMs, load } = options;
  return { members, clients, durationMs, interventions, load: load ?? [] };
}

/** The run that a case is, of the same scenario and seed as `base`. */
export function requestOfCase(base: RunRequest, { load, ...sizes }: ShrinkCase): RunRequest {
  const { load: before, ...rest } = base;
  const left = load.length === 0 ? {} : { load };
  return before === undefined && load.length === 0 ? { ...rest, ...sizes } : { ...rest, ...sizes, ...left };
}

export function isWord({ kind }: Intervention): boolean {
  return kind === 'note' || kind === 'goal';
}

/** The client's kept ranges; null: it does everything. */
export function loadOf({ load }: ShrinkCase, client: number): ClientLoad['operations'] | null {
  return load.find((each) => each.client === client)?.operations ?? null;
}

export function withLoad(from: ShrinkCase, client: number, operations: ClientLoad['operations']): ShrinkCase {
  const others = from.load.filter((each) => each.client !== client);
  const load = [...others, { client, operations }].sort((a, b) => a.client - b.client);
  return { ...from, load };
}

/** Whether the client asks for anything. */
export function isActive(from: ShrinkCase, client: number): boolean {
  return loadOf(from, client)?.length !== 0;
}

export function activeClients(from: ShrinkCase): number[] {
  return Array.from({ length: from.clients }, (_, i) => i + 1).filter((client) => isActive(from, client));
}

/** An operation that a client does, and when it began. */
export interface PlacedOperation {
  readonly number: number;
  readonly atNs: number;
}

/** The same operations at the same times; what lies between two ranges is left out. */
export function rangesOf(operations: readonly PlacedOperation[]): ClientLoad['operations'] {
  const ranges: { first: number; last: number; atNs: number }[] = [];
  for (const { number, atNs } of operations) {
    const range = ranges.at(-1);
    if (range !== undefined && range.last === number - 1) range.last = number;
    else ranges.push({ first: number, last: number, atNs });
  }
  return ranges;
}

export function numbersIn(ranges: ClientLoad['operations']): number[] {
  return ranges.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
}
