import { Kind } from '../../sim/trace/kinds.ts';
import { memberStateAt } from './member_state.ts';
import type { RunModel } from './run_model.ts';
import { lowerBound } from './time_index.ts';

/** Where an entry of a member's log is at a moment. A crash loses what is only in the page cache. */
export type Durability = 'durable' | 'syncing' | 'cached';

export interface LogEntry {
  readonly index: number;
  readonly term: number;
  readonly durability: Durability;
  readonly committed: boolean;
  readonly applied: boolean;
  /** The append that wrote it. */
  readonly event: number;
}

/** The last entries of a member's log right after `event`, the newest first. */
export function raftLogAt(
  model: RunModel,
  lane: number,
  event: number,
  entriesMax = 24,
): readonly LogEntry[] {
  const { trace } = model;
  const state = memberStateAt(trace, model.lives.get(lane), model.progress.get(lane), event);
  const found: LogEntry[] = [];
  // Walking back, an append counts only for indexes that no later one replaced and no recovery found missing.
  let below = Infinity;
  let recovered = false;
  for (let at = event; at >= 0 && found.length < entriesMax; at--) {
    if (trace.lanes[at] !== lane) continue;
    const kind = trace.kinds[at];
    if (kind === Kind.recovered) {
      below = Math.min(below, trace.arg(at, 0) + trace.arg(at, 3) + 1);
      recovered = true;
    } else if (kind === Kind.snapshotInstalled) {
      // A snapshot from the leader replaces the log.
      break;
    } else if (kind === Kind.append) {
      const first = trace.arg(at, 0);
      const durability = recovered ? 'durable' : durabilityAt(model, lane, at, event);
      const last = first + trace.arg(at, 1) - 1;
      for (let index = Math.min(last, below - 1); index >= first && found.length < entriesMax; index--) {
        found.push({
          index,
          term: trace.arg(at, 2),
          durability,
          committed: index <= state.commit,
          applied: index <= state.applied,
          event: at,
        });
      }
      below = Math.min(below, first);
    }
  }
  return found;
}

/** An append is durable with the first sync of the log that starts after it and succeeds. */
function durabilityAt(model: RunModel, lane: number, append: number, event: number): Durability {
  const syncs = model.syncs.get(lane);
  if (syncs === undefined) return 'cached';
  const { trace } = model;
  let syncing = false;
  const first = lowerBound(syncs.doneNs, trace.timesNs[append] as number);
  for (let row = first; row < syncs.length; row++) {
    const start = syncs.startEvents[row] as number;
    if ((syncs.doneNs[row] as number) > (trace.timesNs[event] as number) + syncs.longestNs) break;
    if (start < append || start > event || !trace.text(start, 0).includes('wal')) continue;
    const done = syncs.doneEvents[row] as number;
    if (done >= 0 && done <= event && syncs.failed[row] === 0) return 'durable';
    if (done < 0 || done > event) syncing = true;
  }
  return syncing ? 'syncing' : 'cached';
}
