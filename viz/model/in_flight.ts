import { Outcome, rowsTouching } from './messages.ts';
import type { RunModel } from './run_model.ts';

/** What travels on one directed link at a moment. */
export interface LinkTraffic {
  readonly from: number;
  readonly to: number;
  /** Message rows under way, the first sent first. */
  readonly rows: readonly number[];
}

/**
 * Links with something in flight right after `event`, by sender and receiver. A message that is going to be lost on the way is among them
 * until it is; one that a cut took at once never was under way.
 */
export function inFlightAt(model: RunModel, event: number): readonly LinkTraffic[] {
  const { messages, trace } = model;
  const atNs = trace.timesNs[event] as number;
  const links = new Map<string, { from: number; to: number; rows: number[] }>();
  const [first, end] = rowsTouching(messages, atNs, atNs + 1);
  for (let row = first; row < end; row++) {
    if (!isUnderWay(messages, row, event)) continue;
    const from = messages.from[row] as number;
    const to = messages.to[row] as number;
    const name = `${from}/${to}`;
    const link = links.get(name) ?? { from, to, rows: [] };
    links.set(name, link);
    link.rows.push(row);
  }
  return [...links.values()].sort((a, b) => a.from - b.from || a.to - b.to);
}

/** Events of one time have an order, too. */
function isUnderWay(messages: RunModel['messages'], row: number, event: number): boolean {
  const send = messages.sendEvents[row] as number;
  const end = messages.endEvents[row] as number;
  if (send > event) return false;
  return messages.outcomes[row] === Outcome.inFlight || end > event;
}
