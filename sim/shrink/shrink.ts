import { type RunRequest, runScenario } from '../run.ts';
import type { RunFile } from '../trace/codec.ts';
import type { Intervention, Violation } from '../trace/run_info.ts';
import { type ShrinkCase, caseOf, isWord } from './case.ts';
import { endClientsEarly, removeClients, removeOperations } from './load.ts';
import { type Machines, removeIdleClients, removeMembers } from './members.ts';
import { type Kept, mapped, removeChunks, removePairs } from './removal.ts';
import { Search, type SearchHooks } from './search.ts';
import { simplifyActions } from './simplify.ts';
import { closeGaps, roundTimes, shortenRun } from './time.ts';

/** There is nothing to shrink: the run passes, or its violation does not come again. */
export class ShrinkError extends Error {
  override readonly name = 'ShrinkError';
}

export interface ShrinkOptions extends SearchHooks {
  /** The check whose violation is to stay; absent: the first violation that the run tells. */
  readonly check?: string;
}

export interface Shrunk {
  /** The smallest run that was found: an ordinary file, which replays. */
  readonly file: RunFile;
  readonly violation: Violation;
  readonly before: ShrinkCase;
  readonly after: ShrinkCase;
  /** Runs that were tried, and those of them that failed in the same way. */
  readonly tried: number;
  readonly accepted: number;
  /**
   * Whether a whole round of passes found nothing more to remove, so that a longer time would not help; false if the time was up.
   */
  readonly exhausted: boolean;
}

/** A list of more than this is not tried in pairs: there are too many. */
const pairsMax = 16;

/**
 * Makes a failing run smaller for as long as `goOn` says: fewer interventions, client operations, clients and members, less time,
 * plainer parameters. Every candidate is a whole deterministic run, and counts only if it has the same violation: of the same check,
 * with the same signature. Throws ShrinkError if there is none to begin with.
 */
export function shrink(request: RunRequest, options: ShrinkOptions): Shrunk {
  const { file, violation } = failing(request, options.check);
  const base = { ...request, interventions: file.info.interventions };
  const search = new Search(base, file, violation, options);
  const before = caseOf(file.info);
  const machines = { spares: request.scenario.spares ?? 0 };
  const exhausted = runPasses(search, passesFor(request, machines));
  const { tried, accepted, current: after } = search;
  return { file: search.file, violation: search.violation, before, after, tried, accepted, exhausted };
}

function failing(request: RunRequest, check: string | undefined): { file: RunFile; violation: Violation } {
  const first = runScenario(request);
  const { violations } = first.info.verdict;
  if (violations.length === 0) throw new ShrinkError('the run passes: there is no violation to keep');
  const violation = violations.find((each) => check === undefined || each.check === check);
  if (violation === undefined) {
    const names = [...new Set(violations.map((each) => each.check))].join(', ');
    throw new ShrinkError(`the run has no violation of "${String(check)}"; it has: ${names}`);
  }
  return { file: first, violation };
}

interface Pass {
  readonly name: string;
  readonly run: (search: Search) => void;
}

function passesFor(request: RunRequest, machines: Machines): readonly Pass[] {
  const passes: Pass[] = [
    { name: 'time', run: shortenRun },
    { name: 'words', run: removeWords },
    // Early, as long as there is enough going on for the violation to come at another moment.
    { name: 'members', run: (search) => removeMembers(search, machines) },
    { name: 'interventions', run: removeInterventions },
    { name: 'clients', run: removeClients },
    { name: 'members', run: (search) => removeMembers(search, machines) },
    { name: 'waits', run: closeGaps },
    { name: 'operations', run: endClientsEarly },
    { name: 'time', run: shortenRun },
    { name: 'operations', run: removeOperations },
    { name: 'pairs', run: removePairsOfInterventions },
    { name: 'parameters', run: simplifyActions },
    { name: 'clients', run: (search) => removeIdleClients(search, machines) },
  ];
  // Who runs on which imported directory is given.
  return request.imported === undefined ? passes : passes.filter(({ name }) => name !== 'members');
}

/**
 * A shrunk run can open new ways, so all passes go round until one round finds nothing. Rounder times come last, for they may be later
 * ones. False if the time was up before.
 */
function runPasses(search: Search, passes: readonly Pass[]): boolean {
  for (let accepted = -1; accepted !== search.accepted;) {
    accepted = search.accepted;
    for (const { name, run } of passes) {
      search.pass = name;
      run(search);
      if (search.over) return false;
    }
  }
  search.pass = 'times';
  roundTimes(search);
  return !search.over;
}

/** Notes and goals change nothing; all at once. */
function removeWords(search: Search): void {
  const interventions = search.current.interventions.filter((each) => !isWord(each));
  search.attempt({ ...search.current, interventions });
}

function removeInterventions(search: Search): void {
  removeChunks(search.current.interventions, (rests) => keepFirst(search, rests));
}

function removePairsOfInterventions(search: Search): void {
  const list = search.current.interventions;
  if (list.length > pairsMax) return;
  removePairs(list, (rests) => keepFirst(search, rests));
}

/** What is left then: perhaps less, for what has no effect any more is not recorded. */
function keepFirst(search: Search, rests: Iterable<readonly Intervention[]>): Kept<Intervention> | null {
  const { current } = search;
  const position = search.attemptFirst(mapped(rests, (interventions) => ({ ...current, interventions })));
  return position < 0 ? null : { position, left: search.current.interventions };
}
