import { Kind, argument } from '../trace/kinds.ts';
import type { Trace } from '../trace/trace.ts';
import {
  type PlacedOperation,
  type ShrinkCase,
  activeClients,
  isActive,
  loadOf,
  numbersIn,
  rangesOf,
  withLoad,
} from './case.ts';
import { type Kept, bisect, mapped, removeChunks } from './removal.ts';
import type { Search } from './search.ts';

/** Clients that can be left out whole. */
export function removeClients(search: Search): void {
  removeChunks(activeClients(search.current), (rests) => {
    const { current } = search;
    return keepFirst(search, rests, (rest) => {
      const gone = activeClients(current).filter((client) => !rest.includes(client));
      return gone.reduce((from, client) => withLoad(from, client, []), current);
    });
  });
}

function keepFirst<Item>(
  search: Search,
  rests: Iterable<readonly Item[]>,
  caseWith: (rest: readonly Item[]) => ShrinkCase,
): Kept<Item> | null {
  const all = [...rests];
  const position = search.attemptFirst(mapped(all, caseWith));
  return position < 0 ? null : { position, left: all[position] as readonly Item[] };
}

/** Clients that stop earlier: after the fewest operations. */
export function endClientsEarly(search: Search): void {
  for (let client = 1; client <= search.current.clients; client++) {
    if (search.over) return;
    const operations = keptOperations(search, client);
    bisect(0, operations.length, (count) =>
      search.attempt(withLoad(search.current, client, rangesOf(operations.slice(0, count)))),
    );
  }
}

/** Single operations that can be left out. */
export function removeOperations(search: Search): void {
  for (let client = 1; client <= search.current.clients; client++) {
    if (search.over) return;
    removeChunks(keptOperations(search, client), (rests) => {
      const { current } = search;
      return keepFirst(search, rests, (rest) => withLoad(current, client, rangesOf(rest)));
    });
  }
}

/** The operations that a client does now, as far as it came with them. */
function keptOperations({ current, file }: Search, client: number): PlacedOperation[] {
  if (!isActive(current, client)) return [];
  const times = invocationTimes(file.trace, file.info.lanes.length - 1 - current.clients + client);
  const ranges = loadOf(current, client);
  const numbers = ranges === null ? times.map((_, i) => i + 1) : numbersIn(ranges);
  return numbers.slice(0, times.length).map((number, i) => ({ number, atNs: times[i] as number }));
}

/** When the operations of the script on a client's lane began. What a client does by itself in between is none of the script. */
function invocationTimes(trace: Trace, lane: number): number[] {
  const text = argument('invoke', 'text');
  const times: number[] = [];
  for (let i = 0; i < trace.length; i++) {
    if (trace.kinds[i] !== Kind.invoke || trace.lanes[i] !== lane) continue;
    if (!byItself.some((words) => trace.text(i, text).startsWith(words)))
      times.push(trace.timesNs[i] as number);
  }
  return times;
}

/** Keeping leases alive, and signing in. */
const byItself = ['{"words":"renew lease', '{"words":"authenticate'];
