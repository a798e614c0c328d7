import { type BugSwitches, noBugs } from '../../core/bugs.ts';
import { canonicalDigest, numberingsOf } from './canonical.ts';
import { brokenIn } from './safety.ts';
import {
  type Action,
  type ExploreBounds,
  type ExploredState,
  actionText,
  actionsIn,
  after,
  firstState,
} from './state.ts';

export interface ExploreOptions {
  /** 1 to 4: every state is looked at in all numberings of its members. */
  readonly members: number;
  /** Actions on a path. */
  readonly depth: number;
  readonly bounds: ExploreBounds;
  readonly bugs?: BugSwitches;
  /** States that are the same but for the members' numbers count as one. Default true. */
  readonly symmetry?: boolean;
  /** The search ends when so many different states were seen. */
  readonly statesMax: number;
  /** False when the time is up. */
  readonly goOn: () => boolean;
  readonly onDepth?: (progress: Explored) => void;
}

export interface Explored {
  /** Different states, the first included. */
  readonly states: number;
  /** Actions that were done. */
  readonly transitions: number;
  /** Of these, those that led to a state that was known. */
  readonly duplicates: number;
  /** Every path of so many actions has been followed. */
  readonly depth: number;
  /** States at that depth from which the search has not gone on. 0: there is nothing more within the bounds. */
  readonly frontier: number;
  readonly violation: ExploredViolation | null;
}

export interface ExploredViolation {
  readonly sentence: string;
  /** The shortest way to it, an action each. */
  readonly path: readonly string[];
}

interface Visit {
  readonly state: ExploredState;
  readonly from: Visit | null;
  readonly action: string;
}

/**
 * Everything that can happen to a small raft cluster, to a depth: breadth first, so that the first violation is one of the nearest.
 * Members are core/raft as it is; each has a disk that loses what was not synced. Messages arrive in any order, or not at all.
 */
export function explore(options: ExploreOptions): Explored {
  return new Exploration(options).run();
}

class Exploration {
  private readonly options: ExploreOptions;
  private readonly numberings: readonly (readonly number[])[];
  private readonly seen = new Set<string>();
  private transitions = 0;
  private duplicates = 0;
  private violation: ExploredViolation | null = null;

  constructor(options: ExploreOptions) {
    this.options = options;
    const all = numberingsOf(options.members);
    this.numberings = options.symmetry === false ? all.slice(0, 1) : all;
  }

  run(): Explored {
    const { options } = this;
    const first = firstState(options.members, options.bugs ?? noBugs);
    this.isNew(first);
    let frontier: Visit[] = [{ state: first, from: null, action: '' }];
    for (let depth = 0; ; depth++) {
      if (depth === options.depth || frontier.length === 0) return this.found(depth, frontier.length);
      options.onDepth?.(this.found(depth, frontier.length));
      const next: Visit[] = [];
      for (const visit of frontier) {
        if (this.over || !this.visit(visit, next)) return this.found(depth, frontier.length);
      }
      frontier = next;
    }
  }

  private get over(): boolean {
    return this.seen.size >= this.options.statesMax || !this.options.goOn();
  }

  /** Follows all that can happen next. False if something broke. */
  private visit(visit: Visit, next: Visit[]): boolean {
    for (const action of actionsIn(visit.state, this.options.bounds)) {
      this.transitions++;
      const { state, broken } = attempt(visit.state, action);
      if (broken !== null) {
        this.violation = { sentence: broken, path: [...pathTo(visit), actionText(visit.state, action)] };
        return false;
      }
      if (state === null) continue;
      if (this.isNew(state)) next.push({ state, from: visit, action: actionText(visit.state, action) });
      else this.duplicates++;
    }
    return true;
  }

  private isNew(state: ExploredState): boolean {
    const digest = canonicalDigest(state, this.numberings);
    if (this.seen.has(digest)) return false;
    this.seen.add(digest);
    return true;
  }

  private found(depth: number, frontier: number): Explored {
    const { transitions, duplicates, violation } = this;
    return { states: this.seen.size, transitions, duplicates, depth, frontier, violation };
  }
}

function attempt(
  before: ExploredState,
  action: Action,
): { readonly state: ExploredState | null; readonly broken: string | null } {
  try {
    const state = after(before, action);
    return { state, broken: brokenIn(before, state) };
  } catch (error) {
    return {
      state: null,
      broken: `no member panics: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

function pathTo(visit: Visit): string[] {
  const path: string[] = [];
  for (let at: Visit | null = visit; at !== null && at.from !== null; at = at.from) path.push(at.action);
  return path.reverse();
}
