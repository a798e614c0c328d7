import { contentOf, contentText, planned, recordsOf, type LogRecord, type SavePlan } from './history.ts';
import { WalBench } from './support.ts';

/** A log beside the list of what was written to it. */
export class RecordedLog {
  readonly bench: WalBench;
  /** What was written, oldest first; cut to what was found at each recovery. */
  records: LogRecord[] = [];
  /** How many of the records a completed sync covers. */
  acked = 0;
  /** Lists of which a recovery has found only a part. */
  private cutOff: LogRecord[][] = [];
  private readonly promised = new Map<number, number>();
  private nextToken = 100;

  constructor(seed: string, segmentBytes: number) {
    this.bench = new WalBench(seed, segmentBytes);
    this.bench.create();
  }

  save(plan: SavePlan): void {
    const [hardState, entries] = planned(plan, this.records);
    this.records.push(...recordsOf(hardState, entries));
    this.bench.wal?.save(hardState, entries);
  }

  sync(): void {
    this.promised.set(this.nextToken, this.records.length);
    this.bench.wal?.sync(this.nextToken++);
  }

  /** The sync of this token is complete. */
  acknowledge(token: number): void {
    this.acked = Math.max(this.acked, this.promised.get(token) ?? 0);
  }

  /** The power is gone: no sync from before completes. */
  forgetPromises(): void {
    this.promised.clear();
  }

  /** Nothing was written. */
  forget(): void {
    this.records = [];
    this.cutOff = [];
    this.acked = 0;
    this.promised.clear();
  }

  /**
   * This was recovered: the content of `least` or more of the records, which are cut to that. On a disk that reads stale sectors
   * (`staleReads`) it may also be what an earlier recovery had found cut off: that was written once, and comes back. Throws otherwise.
   */
  keepPrefix(text: string, least: number, staleReads = false): void {
    const found = [this.records, ...(staleReads ? this.cutOff : [])]
      .map((records, i) => prefixOf(records, text, i === 0 ? least : 0))
      .find((prefix) => prefix !== null);
    if (found === undefined)
      throw new Error(`not a prefix of at least ${least} of ${this.records.length} records`);
    if (staleReads) this.cutOff.push(this.records);
    this.records = found;
    this.acked = found.length;
  }
}

function prefixOf(records: readonly LogRecord[], text: string, least: number): LogRecord[] | null {
  for (let length = records.length; length >= least; length--) {
    const prefix = records.slice(0, length);
    if (contentText(contentOf(prefix)) === text) return prefix;
  }
  return null;
}
