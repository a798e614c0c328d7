import { Kind, argument } from '../../sim/trace/kinds.ts';
import type { TraceView } from './trace_view.ts';
import { Group } from './message_groups.ts';
import { type MessageTable, Outcome } from './messages.ts';
import { Role } from './roles.ts';
import { type TimeIndex, TimeIndexBuilder } from './time_index.ts';

/** Sorts of events that stay visible at every zoom, the most important first. */
export const rareSorts = [
  'violation',
  'crash',
  'fault',
  'leader',
  'campaign',
  'diskFault',
  'snapshot',
  'drop',
  'vote',
  'peer',
  'watched',
] as const;
export type RareSort = (typeof rareSorts)[number];

/** Rare events by sort, over all lanes; refs are trace events. */
export type RareEvents = Readonly<Record<RareSort, TimeIndex>>;

const roleArg = argument('role', 'role');

/** By lane id (-1: all lanes together). */
export function rareEvents(trace: TraceView, messages: MessageTable): ReadonlyMap<number, RareEvents> {
  const byLane = new Map<number, Record<RareSort, TimeIndexBuilder>>();
  const buildersOf = (lane: number): Record<RareSort, TimeIndexBuilder> => {
    const known = byLane.get(lane);
    if (known !== undefined) return known;
    const fresh = Object.fromEntries(rareSorts.map((sort) => [sort, new TimeIndexBuilder()])) as Record<
      RareSort,
      TimeIndexBuilder
    >;
    byLane.set(lane, fresh);
    return fresh;
  };
  const all = buildersOf(-1);
  for (let i = 0; i < trace.length; i++) {
    const sort = sortOf(trace, messages, i);
    if (sort === null) continue;
    const atNs = trace.timesNs[i] as number;
    all[sort].add(atNs, i);
    buildersOf(trace.lanes[i] as number)[sort].add(atNs, i);
  }
  const result = new Map<number, RareEvents>();
  for (const [lane, builders] of byLane) {
    const entries = rareSorts.map((sort) => [sort, builders[sort].finish()] as const);
    result.set(lane, Object.fromEntries(entries) as Record<RareSort, TimeIndex>);
  }
  return result;
}

function sortOf(trace: TraceView, messages: MessageTable, event: number): RareSort | null {
  switch (trace.kinds[event]) {
    case Kind.violation:
      return 'violation';
    case Kind.crash:
    case Kind.failed:
      return 'crash';
    case Kind.intervene:
      return 'fault';
    case Kind.diskFault:
      return 'diskFault';
    case Kind.snapshotSaved:
    case Kind.snapshotInstalled:
      return 'snapshot';
    case Kind.peerCall:
    case Kind.peerAnswer:
      return 'peer';
    case Kind.watched:
      return 'watched';
    case Kind.role:
      return roleSort(trace.arg(event, roleArg));
    case Kind.drop:
    case Kind.requestDrop:
      return 'drop';
    case Kind.send:
      return messageSort(messages, event);
    default:
      return null;
  }
}

function roleSort(role: number): RareSort | null {
  if (role === Role.leader) return 'leader';
  return role === Role.candidate || role === Role.preCandidate ? 'campaign' : null;
}

function messageSort(messages: MessageTable, event: number): RareSort | null {
  const row = messages.rowOfEvent[event] as number;
  if (row < 0) return null;
  if (messages.outcomes[row] === Outcome.dropped) return null;
  const group = messages.groups[row];
  if (group === Group.snapshot) return 'snapshot';
  return group === Group.vote ? 'vote' : null;
}
