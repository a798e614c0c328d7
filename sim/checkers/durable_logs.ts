/**
 * What of each member's log is durable, judged by what its disk did, not by what the member believes. It hears of the log's writes
 * and syncs: a sync makes durable what had been written before it began, unless the disk lied, lost it or failed.
 */

/** Who votes: a quorum of each list is needed. The second is empty but in a joint configuration. */
export interface Voters {
  readonly voters: readonly number[];
  readonly outgoing: readonly number[];
}

interface Log {
  /** Terms of the entries by index, as far as this member got them since its start. */
  readonly terms: number[];
  /** Everything up to here is in a snapshot. */
  snapshotIndex: number;
  appended: number;
  /** Last entry whose bytes the disk was given; a log that begins a new file keeps the next ones back meanwhile. */
  written: number;
  /** Bytes went to the disk that no append was told of yet. */
  hasNews: boolean;
  durable: number;
  /** Syncs under way, in the order of their start, with the last entry that each covers. */
  readonly syncs: { readonly id: number; covers: number; lost: boolean }[];
  /** Files of which the disk lost something: nothing behind that is durable until it is written again. */
  readonly lostPaths: Set<string>;
}

/** Nobody's log: of a voter without a machine. */
const unknownMember = -1;

export class DurableLogs {
  private readonly logs: readonly Log[];
  /** Whether a disk is known to forget what it acknowledged: then the others have to be enough, and it counts as holding it. */
  forgives: (member: number) => boolean = () => false;

  constructor(members: number) {
    this.logs = Array.from({ length: members + 1 }, () => ({
      terms: [],
      snapshotIndex: 0,
      appended: 0,
      written: 0,
      hasNews: false,
      durable: 0,
      syncs: [],
      lostPaths: new Set<string>(),
    }));
  }

  private log(member: number): Log {
    return this.logs[member] as Log;
  }

  // --- what the member did

  onAppend(member: number, index: number, term: number): void {
    const log = this.log(member);
    if (index <= log.appended) {
      // What is there is replaced: a sync that began before was not about this.
      log.durable = Math.min(log.durable, index - 1);
      log.written = Math.min(log.written, index - 1);
      for (const sync of log.syncs) sync.covers = Math.min(sync.covers, index - 1);
    }
    log.terms[index] = term;
    log.appended = index;
  }

  /** The entries of one step are appended: the bytes that went to the disk just before were theirs. */
  onAppended(member: number): void {
    const log = this.log(member);
    if (log.hasNews) log.written = log.appended;
    log.hasNews = false;
  }

  /** A durable snapshot took the log's place. */
  onInstalled(member: number, index: number): void {
    const log = this.log(member);
    log.snapshotIndex = index;
    log.appended = Math.max(log.appended, index);
    log.written = Math.max(log.written, index);
    log.durable = Math.max(log.durable, index);
  }

  /**
   * The member has read its disk: the log begins behind `snapshotIndex`. `isWhole`: the page cache shows what the platter holds, as
   * after a power loss.
   */
  onRecovered(
    member: number,
    snapshotIndex: number,
    entries: readonly { readonly index: number; readonly term: number }[],
    isWhole: boolean,
  ): void {
    const log = this.log(member);
    log.terms.length = 0;
    log.snapshotIndex = snapshotIndex;
    log.appended = snapshotIndex + entries.length;
    log.written = log.appended;
    log.hasNews = false;
    log.syncs.length = 0;
    if (isWhole) log.lostPaths.clear();
    log.durable = isWhole ? log.appended : Math.min(log.durable, log.appended);
    for (const { index, term } of entries) log.terms[index] = term;
  }

  // --- what its disk did with the log's files

  onWrite(member: number): void {
    const log = this.log(member);
    if (log.written < log.appended) log.written = log.appended;
    else log.hasNews = true;
  }

  onSyncStarted(member: number, id: number): void {
    const log = this.log(member);
    log.syncs.push({ id, covers: log.written, lost: false });
  }

  /** The disk did not do what this sync asks for, and will not say so. */
  onSyncLost(member: number, id: number): void {
    for (const sync of this.log(member).syncs) if (sync.id === id) sync.lost = true;
  }

  /** `failed`: the member is told of an error. */
  onSyncDone(member: number, id: number, path: string, failed: boolean): void {
    const log = this.log(member);
    const at = log.syncs.findIndex((sync) => sync.id === id);
    const sync = log.syncs[at];
    if (sync === undefined) return;
    log.syncs.splice(at, 1);
    if (failed || sync.lost) log.lostPaths.add(path);
    else log.lostPaths.delete(path);
    if (log.lostPaths.size === 0 && sync.covers > log.durable) log.durable = sync.covers;
  }

  // --- who holds an entry

  holds(member: number, index: number, term: number): boolean {
    const log = this.logs[member];
    if (log === undefined) return false;
    if (this.forgives(member)) return true;
    return index <= log.durable && (index <= log.snapshotIndex || log.terms[index] === term);
  }

  quorumHolds({ voters, outgoing }: Voters, index: number, term: number): boolean {
    return this.majorityHolds(voters, index, term) && this.majorityHolds(outgoing, index, term);
  }

  private majorityHolds(voters: readonly number[], index: number, term: number): boolean {
    if (voters.length === 0) return true;
    let count = 0;
    for (let at = 0; at < voters.length; at++) {
      if (this.holds(voters[at] ?? unknownMember, index, term)) count++;
    }
    return count > voters.length / 2;
  }

  /** Voters on whose disks the entry is not, ascending. */
  without({ voters, outgoing }: Voters, index: number, term: number): readonly number[] {
    const all = [...new Set([...voters, ...outgoing])].sort((a, b) => a - b);
    return all.filter((member) => !this.holds(member, index, term));
  }
}
