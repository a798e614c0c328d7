import { Kind, argument } from '../../sim/trace/kinds.ts';
import type { TraceView } from './trace_view.ts';
import { lowerBound } from './time_index.ts';
import { type GapSpan, type MemberLife, type RoleSpan, spanAt } from './roles.ts';

/** Commit and apply events of a lane, for its state at any event. */
export interface LaneProgress {
  /** Trace events, ascending. */
  readonly commits: Int32Array;
  readonly applies: Int32Array;
}

const commitIndex = argument('commit', 'index');
const applyIndex = argument('apply', 'index');
const applyRevision = argument('apply', 'revision');

export function progressByLane(trace: TraceView): ReadonlyMap<number, LaneProgress> {
  const found = new Map<number, { commits: number[]; applies: number[] }>();
  for (let i = 0; i < trace.length; i++) {
    const kind = trace.kinds[i];
    if (kind !== Kind.commit && kind !== Kind.apply) continue;
    const lane = trace.lanes[i] as number;
    const progress = found.get(lane) ?? { commits: [], applies: [] };
    found.set(lane, progress);
    (kind === Kind.commit ? progress.commits : progress.applies).push(i);
  }
  const result = new Map<number, LaneProgress>();
  for (const [lane, { commits, applies }] of found) {
    result.set(lane, { commits: Int32Array.from(commits), applies: Int32Array.from(applies) });
  }
  return result;
}

export interface MemberState {
  readonly role: RoleSpan | undefined;
  readonly gap: GapSpan | undefined;
  /** 0 where the trace has not said yet. */
  readonly commit: number;
  readonly applied: number;
  readonly revision: number;
}

/** What the trace says about a member right after `event`. */
export function memberStateAt(
  trace: TraceView,
  life: MemberLife | undefined,
  progress: LaneProgress | undefined,
  event: number,
): MemberState {
  const atNs = trace.timesNs[event] as number;
  const commit = lastUpTo(progress?.commits, event);
  const apply = lastUpTo(progress?.applies, event);
  return {
    role: life && spanAt(life.roles, atNs),
    gap: life?.gaps.find((gap) => gap.startNs <= atNs && gap.endNs > atNs),
    commit: commit < 0 ? 0 : trace.arg(commit, commitIndex),
    applied: apply < 0 ? 0 : trace.arg(apply, applyIndex),
    revision: apply < 0 ? 0 : trace.arg(apply, applyRevision),
  };
}

function lastUpTo(events: Int32Array | undefined, event: number): number {
  if (events === undefined) return -1;
  const at = lowerBound(events, event + 1) - 1;
  return at < 0 ? -1 : (events[at] as number);
}
