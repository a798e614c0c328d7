import type { WatchCreateRequest, WatchRequest } from '../../core/server/api/index.ts';
import type { Names } from './names.ts';
import { watchLines } from './normalise.ts';
import type { Side, WatchFeed } from './side.ts';
import { type Identity, describeValue } from './steps.ts';

export interface WatchMismatch {
  readonly ours: string;
  readonly theirs: string;
}

interface Pair {
  readonly ours: WatchFeed;
  readonly theirs: WatchFeed;
}

/** Time to bring a new watcher up to date: a little more than a round of the sync loop. */
const syncRoundMs = 120;
/** How long etcd gets at the end of a sequence to deliver what it should not. */
const surplusMs = 10;

/** One watch stream for each identity on both sides. What has come is compared after every step. */
export class WatchPairs {
  private readonly pairs = new Map<string, Pair>();
  private readonly ours: Side;
  private readonly theirs: Side;
  private readonly ourNames: Names;
  private readonly theirNames: Names;

  constructor(ours: Side, theirs: Side, ourNames: Names, theirNames: Names) {
    this.ours = ours;
    this.theirs = theirs;
    this.ourNames = ourNames;
    this.theirNames = theirNames;
  }

  async request(as: Identity, ours: WatchRequest, theirs: WatchRequest): Promise<WatchMismatch | null> {
    const pair = this.pairOf(as);
    const before = pair.ours.received.length;
    pair.ours.send(ours);
    pair.theirs.send(theirs);
    await this.ours.pass(syncRoundMs);
    const mismatch = await this.compare();
    const silent = pair.ours.received.length <= before + 1;
    // It may have to read the past without finding anything to tell, and must have done so before a compaction comes.
    if (silent && ours.kind === 'create' && startsInThePast(ours.create)) await this.theirs.pass(syncRoundMs);
    return mismatch;
  }

  private nameOf(as: Identity): string {
    return `${describeValue(as)} ${this.ourNames.tokenOf(as) ?? ''}`;
  }

  private pairOf(as: Identity): Pair {
    const ourToken = this.ourNames.tokenOf(as);
    const theirToken = this.theirNames.tokenOf(as);
    const name = this.nameOf(as);
    const known = this.pairs.get(name);
    if (known !== undefined) return known;
    const ours = this.ours.openWatch(ourToken);
    const pair: Pair = { ours, theirs: this.theirs.openWatch(theirToken) };
    this.pairs.set(name, pair);
    return pair;
  }

  /** Our side has delivered what there is; etcd is waited for until it has delivered as much. */
  async compare(): Promise<WatchMismatch | null> {
    for (const pair of this.pairs.values()) {
      const ours = watchLines(pair.ours.received, this.ourNames);
      const lines = (): string[] => watchLines(pair.theirs.received, this.theirNames);
      await pair.theirs.until(() => hasAsMuch(byWatcher(lines()), byWatcher(ours)));
      const mismatch = firstMismatch(ours, lines());
      if (mismatch !== null) return mismatch;
    }
    return null;
  }

  async finish(): Promise<WatchMismatch | null> {
    if (this.pairs.size > 0) await this.theirs.pass(surplusMs);
    const mismatch = await this.compare();
    for (const pair of this.pairs.values()) {
      pair.ours.close();
      pair.theirs.close();
    }
    return mismatch;
  }
}

function startsInThePast({ start_revision }: WatchCreateRequest): boolean {
  return (start_revision ?? 0) > 0;
}

function hasAsMuch(found: Lines, wanted: Lines): boolean {
  return [...wanted].every(([watcher, lines]) => (found.get(watcher)?.length ?? 0) >= lines.length);
}

type Lines = ReadonlyMap<string, readonly string[]>;

/** Watchers are independent of each other: lines are compared watcher by watcher. */
function firstMismatch(ours: readonly string[], theirs: readonly string[]): WatchMismatch | null {
  const [a, b] = [byWatcher(ours), byWatcher(theirs)];
  for (const watcher of new Set([...a.keys(), ...b.keys()])) {
    const [x, y] = [a.get(watcher) ?? [], b.get(watcher) ?? []];
    for (let at = 0; at < Math.max(x.length, y.length); at++) {
      const nothing = `${watcher}: nothing after ${at} answers`;
      if (x[at] !== y[at]) return { ours: x[at] ?? nothing, theirs: y[at] ?? nothing };
    }
  }
  return null;
}

function byWatcher(lines: readonly string[]): Lines {
  const found = new Map<string, string[]>();
  for (const line of lines) {
    const watcher = line.slice(0, line.indexOf(':'));
    found.set(watcher, [...(found.get(watcher) ?? []), line]);
  }
  return found;
}
