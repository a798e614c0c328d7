import { type TimeText } from '../linearizability/wording.ts';
import { type V2Watch, type V2WatchEvent, V2Error } from './operation.ts';
import { isBelow, isHiddenBelow, isRemoval } from './paths.ts';
import { type ToldChange, type ToldChanges, difference } from './told.ts';
import { cleanPath } from './tree.ts';
import type { V2WatchGuarantee, V2WatchViolation } from './watch_guarantees.ts';

/** Events that etcd keeps for those who come late (etcd: v2 API, "the last 1000 events across all keys"). */
export const v2HistoryEvents = 1000;

export interface ReaderOptions {
  /** Up to this index every watch that was open to the end had the time to hear; 0: not known. */
  readonly settled: number;
  readonly time: TimeText;
}

/** Reads what one watch heard, up to its first violation. */
export class V2WatchReader {
  private readonly watch: V2Watch;
  private readonly key: string;
  private readonly told: ToldChanges;
  private readonly options: ReaderOptions;
  /** The first index of interest; 0: not known. */
  private readonly from: number;
  private last = 0;
  private repeats = 0;

  constructor(watch: V2Watch, told: ToldChanges, options: ReaderOptions) {
    this.watch = watch;
    this.key = cleanPath(watch.key);
    this.told = told;
    this.options = options;
    this.from = watch.waitIndex > 0 ? watch.waitIndex : watch.etcdIndex === null ? 0 : watch.etcdIndex + 1;
  }

  read(): V2WatchViolation | null {
    const window = this.window();
    if (window !== null || this.watch.refused !== null) return window;
    for (const [at, event] of this.watch.events.entries()) {
      const found =
        this.order(event, at) ?? this.shape(event, at) ?? this.truth(event) ?? this.missed(event.index - 1);
      if (found !== null) return found;
      this.last = event.index;
    }
    return this.atEnd();
  }

  private fail(guarantee: V2WatchGuarantee, index: number, atNs: number, what: string): V2WatchViolation {
    const { watch, options } = this;
    const { id, client, key, waitIndex, recursive, events } = watch;
    const since = waitIndex > 0 ? ` from index ${waitIndex}` : '';
    const name = `watch of ${client} on ${key}${recursive ? ' and below' : ''}${since}`;
    const near = events.filter((each) => Math.abs(each.index - index) <= around);
    const known = this.told.at(index);
    return {
      guarantee,
      watch: id,
      index,
      sentence: `${name}: ${what}, at ${options.time(atNs)}`,
      lines: [
        ...near.map((each) => `  it heard of ${eventWords(each)}, at ${options.time(each.atNs)}`),
        ...(known === null ? [] : [`  at index ${index} the store did ${changeWords(known)}`]),
      ],
      atNs,
    };
  }

  /** 401 if and only if what it asked for is no longer kept. Indexes are consecutive, so the window follows from the newest. */
  private window(): V2WatchViolation | null {
    const { refused, waitIndex, etcdIndex, callNs, returnNs } = this.watch;
    if (refused !== null && refused !== V2Error.eventIndexCleared) return null;
    const atNs = returnNs ?? callNs;
    if (refused !== null && waitIndex === 0) {
      return this.fail('window', 0, atNs, 'it was told that its index is cleared, but it asked for none');
    }
    if (etcdIndex === null || waitIndex === 0) return null;
    const oldest = Math.max(1, etcdIndex - v2HistoryEvents + 1);
    if (refused !== null) {
      if (waitIndex < oldest) return null;
      const what = `it was told that index ${waitIndex} is cleared, but at index ${etcdIndex} the events from ${oldest} on are kept`;
      return this.fail('window', waitIndex, atNs, what);
    }
    if (waitIndex >= oldest) return null;
    const what = `it was not told that index ${waitIndex} is cleared, though at index ${etcdIndex} only the events from ${oldest} on are kept`;
    return this.fail('window', waitIndex, atNs, what);
  }

  /** Whether the event came out of the history: there etcd also looks at hidden keys, and takes paths for texts. */
  private isPast(index: number): boolean {
    const { waitIndex, etcdIndex } = this.watch;
    return waitIndex > 0 && (etcdIndex === null || index <= etcdIndex);
  }

  private shape(event: V2WatchEvent, at: number): V2WatchViolation | null {
    const { index, atNs, node } = event;
    const text = eventWords(event);
    if (!this.concerns(event, at === 0 && this.isPast(index))) {
      return this.fail('filter', index, atNs, `it heard of ${text}, which is not what it watches`);
    }
    const known = this.told.at(index);
    if (known?.isRefresh === true && cleanPath(node.key) === known.key) {
      return this.fail('filter', index, atNs, `it heard of ${text}, which was a refresh`);
    }
    if (index >= this.from) return null;
    const began = this.watch.waitIndex > 0 ? '' : ', for it began at the one before';
    return this.fail('notBefore', index, atNs, `it heard of ${text}, before index ${this.from}${began}`);
  }

  private concerns({ node, action, prevNode }: V2WatchEvent, isPast: boolean): boolean {
    const path = cleanPath(node.key);
    const { key } = this;
    if (path === key) return true;
    if (isBelow(path, key)) return this.watch.recursive && (isPast || !isHiddenBelow(path, key));
    const wasDirectory = (prevNode?.dir ?? node.dir) !== false;
    if (!isRemoval(action) || !wasDirectory) return false;
    return isBelow(key, path) || (isPast && key.startsWith(path));
  }

  private order(event: V2WatchEvent, at: number): V2WatchViolation | null {
    const { index, atNs, action, node } = event;
    if (at > 0 && !this.watch.stream) {
      return this.fail(
        'ordered',
        index,
        atNs,
        `it heard of ${eventWords(event)} after the one event that it waited for`,
      );
    }
    if (index < this.last) {
      return this.fail('ordered', index, atNs, `it heard of ${eventWords(event)} after index ${this.last}`);
    }
    if (index > this.last) {
      this.repeats = 0;
      return null;
    }
    // A stream on the node that goes hears of it as of one that goes, and once more as of a change at its path (as in etcd).
    this.repeats++;
    if (this.repeats === 1 && isRemoval(action) && cleanPath(node.key) === this.key) return null;
    return this.fail('ordered', index, atNs, `it heard of ${eventWords(event)} twice`);
  }

  private truth(event: V2WatchEvent): V2WatchViolation | null {
    const { index, atNs } = event;
    const known = this.told.at(index);
    if (known === null) return null;
    const other = difference(event, known);
    if (other !== null) {
      const by = known.operation === null ? 'another watcher heard of' : 'who asked was told of';
      return this.fail('truthful', index, atNs, `it heard of ${eventWords(event)}, but ${by} ${other}`);
    }
    const asked = known.operation;
    if (asked === null || atNs >= asked.callNs) return null;
    const called = this.options.time(asked.callNs);
    return this.fail(
      'truthful',
      index,
      atNs,
      `it heard of ${eventWords(event)}, which was only asked for at ${called}`,
    );
  }

  /** A change before the next event, or before the end, of which it should have heard. */
  private missed(to: number, atNs: number | null = null): V2WatchViolation | null {
    const from = Math.max(this.last + 1, this.from);
    // Where it began is not known.
    if (this.last === 0 && this.from === 0) return null;
    const left = this.told.first(from, to, (change) => this.isWanted(change));
    if (left === null) return null;
    const next = this.watch.events.find(({ index }) => index > left.index);
    const what =
      next === undefined
        ? `it never heard of ${changeWords(left)}`
        : `it heard of ${eventWords(next)}, but not of ${changeWords(left)}`;
    return this.fail('reliable', left.index, atNs ?? next?.atNs ?? this.watch.callNs, what);
  }

  private isWanted({ key: path, action, isRefresh, node, prevNode, index }: ToldChange): boolean {
    const { key, watch } = this;
    if (isRefresh) return false;
    if (path === key) return true;
    if (isBelow(path, key)) return watch.recursive && !isHiddenBelow(path, key);
    const wasDirectory = (prevNode?.dir ?? node.dir) === true;
    return isRemoval(action) && wasDirectory && isBelow(key, path) && this.told.stood(key, index);
  }

  private atEnd(): V2WatchViolation | null {
    const { returnNs, stream, events } = this.watch;
    const [first] = events;
    if (returnNs !== null || (!stream && first !== undefined)) return null;
    // etcd ends a stream's service with the event that it found in the history, without telling.
    if (first !== undefined && this.isPast(first.index)) return null;
    const { settled } = this.options;
    return this.missed(settled, events.at(-1)?.atNs ?? this.watch.callNs);
  }
}

/** Events this near to the one in question are shown with it. */
const around = 2;

export function eventWords({ action, node, index }: V2WatchEvent): string {
  return words(action, node.key, node.value, index);
}

export function changeWords({ action, key, node, index }: ToldChange): string {
  return words(action, key, node.value, index);
}

/** `set(/a, "x") of index 7` */
function words(action: string, key: string, value: string | undefined, index: number): string {
  return `${action}(${key}${value === undefined ? '' : `, ${JSON.stringify(value)}`}) of index ${index}`;
}
