import { groupNames } from './message_groups.ts';
import { type MessageTable, Outcome } from './messages.ts';
import type { TimeIndex } from './time_index.ts';

/** Times of the messages of each group that a lane sent and received, for density at any zoom. */
export interface LaneTraffic {
  /** By group number. */
  readonly sent: readonly TimeIndex[];
  readonly received: readonly TimeIndex[];
}

const groups = groupNames.length;

/** Traffic by lane id, from one counting sort over the table. */
export function trafficByLane(messages: MessageTable, eventTimesNs: Float64Array): readonly LaneTraffic[] {
  let lanes = 0;
  for (let row = 0; row < messages.length; row++) {
    lanes = Math.max(lanes, (messages.from[row] as number) + 1, (messages.to[row] as number) + 1);
  }
  const counts = new Uint32Array(lanes * groups * 2);
  visitEnds(messages, (bucket) => {
    counts[bucket] = (counts[bucket] as number) + 1;
  });
  const indexes = Array.from(counts, (count) => ({
    timesNs: new Float64Array(count),
    refs: new Int32Array(count),
  }));
  counts.fill(0);
  visitEnds(messages, (bucket, row, event) => {
    const index = indexes[bucket] as (typeof indexes)[number];
    const at = counts[bucket] as number;
    counts[bucket] = at + 1;
    index.timesNs[at] = eventTimesNs[event] as number;
    index.refs[at] = row;
  });
  return Array.from({ length: lanes }, (_, lane) => ({
    sent: indexes.slice(lane * groups * 2, lane * groups * 2 + groups),
    received: indexes.slice(lane * groups * 2 + groups, (lane + 1) * groups * 2),
  }));
}

/** Visits both ends of every message in the order of the trace's events, so that each bucket is sorted by time. */
function visitEnds(
  messages: MessageTable,
  visit: (bucket: number, row: number, event: number) => void,
): void {
  const { rowOfEvent, sendEvents, endEvents, groups: group, from, to, outcomes } = messages;
  for (let event = 0; event < rowOfEvent.length; event++) {
    const row = rowOfEvent[event] as number;
    if (row < 0) continue;
    if (sendEvents[row] === event) {
      visit((from[row] as number) * groups * 2 + (group[row] as number), row, event);
    } else if (endEvents[row] === event && outcomes[row] === Outcome.delivered) {
      visit((to[row] as number) * groups * 2 + groups + (group[row] as number), row, event);
    }
  }
}
