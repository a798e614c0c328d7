import type { RunFacts } from '../scenario.ts';
import type { DropReason } from '../trace/kinds.ts';

/** Counts what happens, for goals and the summary. */
export class FactCounter {
  crashes = 0;
  droppedSectors = 0;
  tornFiles = 0;
  repairedBytes = 0;
  sentMessages = 0;
  deliveredMessages = 0;
  lostMessages = 0;
  queueFullDrops = 0;
  corruptFrames = 0;
  resetDrops = 0;
  gracefulStops = 0;
  stepDowns = 0;
  truncatedEntries = 0;
  snapshotsSaved = 0;
  snapshotsInstalled = 0;
  snapshotsFoundAtBoot = 0;
  watchesResumed = 0;
  readonly operations = { ok: 0, fail: 0, unknown: 0 };
  /** Who stood for election in each term. */
  private readonly candidates = new Map<number, Set<number>>();
  private readonly leaders = new Set<number>();

  /** Something did not arrive, for this reason. */
  dropped(reason: DropReason): void {
    if (reason === 'queueFull') this.queueFullDrops++;
    else if (reason === 'corrupt') this.corruptFrames++;
    else if (reason === 'reset') this.resetDrops++;
  }

  stoodForElection(member: number, term: number): void {
    let standing = this.candidates.get(term);
    if (standing === undefined) this.candidates.set(term, (standing = new Set()));
    standing.add(member);
  }

  becameLeader(term: number): void {
    this.leaders.add(term);
  }

  get elections(): number {
    return this.leaders.size;
  }

  facts(): RunFacts {
    let contestedTerms = 0;
    let leaderlessTerms = 0;
    for (const [term, standing] of this.candidates) {
      if (standing.size > 1) contestedTerms++;
      if (!this.leaders.has(term)) leaderlessTerms++;
    }
    return {
      candidateTerms: this.candidates.size,
      contestedTerms,
      leaderlessTerms,
      leaderTerms: this.leaders.size,
      crashes: this.crashes,
      droppedSectors: this.droppedSectors,
      tornFiles: this.tornFiles,
      repairedBytes: this.repairedBytes,
      lostMessages: this.lostMessages,
      queueFullDrops: this.queueFullDrops,
      corruptFrames: this.corruptFrames,
      resetDrops: this.resetDrops,
      gracefulStops: this.gracefulStops,
      unknownOperations: this.operations.unknown,
      stepDowns: this.stepDowns,
      truncatedEntries: this.truncatedEntries,
      snapshotsSaved: this.snapshotsSaved,
      snapshotsInstalled: this.snapshotsInstalled,
      snapshotsFoundAtBoot: this.snapshotsFoundAtBoot,
      watchesResumed: this.watchesResumed,
    };
  }
}
