/** What a member must keep in order by itself: its queues within their bounds, its backend's index, its history of revisions. */
import {
  inflightMessagesMax,
  unappliedEntriesMax,
  watchChannelSlots,
  watchControlSlots,
} from '../../core/limits.ts';
import type { InvariantName } from './invariant_guarantees.ts';

/** What is looked at after every input. */
export interface UpkeepGauges {
  readonly inflightMessages: number;
  readonly unappliedEntries: number;
  readonly watchAnswers: number;
  readonly watchControls: number;
  readonly overdueNs: number;
  readonly appliedIndex: number;
  readonly consistentIndex: number;
}

/** A hash of all that is readable at a revision, after a compaction. */
export interface RevisionHash {
  readonly revision: number;
  readonly compactRevision: number;
  readonly hash: number;
}

/**
 * Committed entries that may wait to be applied: a member refuses requests from the first number on; as many again may be on their
 * way to a quorum by then.
 */
const unappliedMax = 2 * unappliedEntriesMax;

interface Kept {
  consistentIndex: number;
  /** What the backend held at the last start: it may be ahead of the log that is replayed. */
  recoveredIndex: number;
  /** Said of each queue once until it is within its bound again. */
  overfull: boolean;
  /** Readable contents when the removals of a compaction were planned. */
  planned: readonly RevisionHash[];
}

type Tell = (invariant: InvariantName, sentence: string, members: readonly number[]) => void;

export class Upkeep {
  private readonly nameOf: (member: number) => string;
  private readonly tell: Tell;
  private readonly looked: Record<InvariantName, number>;
  private readonly kept: readonly Kept[];
  /** The first hash of each revision after each compaction, and whose it is. */
  private readonly hashes = new Map<
    number,
    Map<number, { readonly hash: number; readonly member: number }>
  >();

  constructor(
    members: number,
    nameOf: (member: number) => string,
    tell: Tell,
    looked: Record<InvariantName, number>,
  ) {
    this.nameOf = nameOf;
    this.tell = tell;
    this.looked = looked;
    this.kept = Array.from({ length: members + 1 }, () => ({
      consistentIndex: 0,
      recoveredIndex: 0,
      overfull: false,
      planned: [],
    }));
  }

  /** A member has read its disk, or a snapshot replaced its state: its backend holds the effects up to this entry. */
  onRestored(member: number, consistentIndex: number): void {
    const kept = this.kept[member] as Kept;
    kept.consistentIndex = consistentIndex;
    kept.recoveredIndex = consistentIndex;
    kept.planned = [];
    kept.overfull = false;
  }

  /** After every input of a member. */
  onGauges(member: number, gauges: UpkeepGauges): void {
    this.looked.boundedQueues++;
    this.looked.consistentIndex++;
    const kept = this.kept[member] as Kept;
    const { consistentIndex, appliedIndex } = gauges;
    if (consistentIndex !== kept.consistentIndex)
      this.onConsistentIndex(member, consistentIndex, appliedIndex);
    const overfull =
      gauges.inflightMessages > inflightMessagesMax ||
      gauges.unappliedEntries > unappliedMax ||
      gauges.watchAnswers > watchChannelSlots ||
      gauges.watchControls > watchControlSlots ||
      gauges.overdueNs > 0;
    if (overfull && !kept.overfull) this.onOverfull(member, gauges);
    kept.overfull = overfull;
  }

  private onConsistentIndex(member: number, consistentIndex: number, appliedIndex: number): void {
    const kept = this.kept[member] as Kept;
    const name = this.nameOf(member);
    if (consistentIndex < kept.consistentIndex) {
      const sentence = `${name}'s backend went back from entry ${kept.consistentIndex} to ${consistentIndex}`;
      this.tell('consistentIndex', sentence, [member]);
    }
    if (consistentIndex > appliedIndex && consistentIndex > kept.recoveredIndex) {
      const sentence = `${name}'s backend says that it holds entry ${consistentIndex}, but only ${appliedIndex} is applied`;
      this.tell('consistentIndex', sentence, [member]);
    }
    kept.consistentIndex = consistentIndex;
  }

  private onOverfull(member: number, gauges: UpkeepGauges): void {
    const { inflightMessages, unappliedEntries, watchAnswers, watchControls, overdueNs } = gauges;
    const queues: readonly (readonly [string, number, number])[] = [
      ['appends to one follower without an answer', inflightMessages, inflightMessagesMax],
      ['committed entries that are not applied', unappliedEntries, unappliedMax],
      ['answers in the channel of a watch stream', watchAnswers, watchChannelSlots],
      ["answers to a watch stream's requests", watchControls, watchControlSlots],
    ];
    for (const [what, count, max] of queues) {
      if (count <= max) continue;
      this.tell('boundedQueues', `${this.nameOf(member)} has ${count} ${what}; the limit is ${max}`, [
        member,
      ]);
    }
    if (overdueNs <= 0) return;
    const late = `${Math.round(overdueNs / 1_000_000)} ms after its time was over`;
    this.tell('boundedQueues', `on ${this.nameOf(member)} a proposal or read still waited ${late}`, [member]);
  }

  // --- revisions

  /** A compaction is planned, or its removals are done: what is readable at some revisions, which must be the same both times. */
  onCompaction(member: number, isDone: boolean, hashes: readonly RevisionHash[]): void {
    const kept = this.kept[member] as Kept;
    for (const hash of hashes) this.onHash(member, hash);
    if (!isDone) {
      kept.planned = hashes;
      return;
    }
    this.looked.keptRevisions++;
    for (const { revision, compactRevision, hash } of kept.planned) {
      const now = hashes.find(
        (each) => each.revision === revision && each.compactRevision === compactRevision,
      );
      if (now === undefined || now.hash === hash) continue;
      const sentence = `after the removals of the compaction at revision ${compactRevision}, ${this.nameOf(member)} reads something else at revision ${revision} than before`;
      this.tell('keptRevisions', sentence, [member]);
    }
    kept.planned = [];
  }

  /** Revisions to hash again when the removals are done. */
  plannedRevisions(member: number): readonly number[] {
    return (this.kept[member] as Kept).planned.map(({ revision }) => revision);
  }

  /** A member hashed all that is readable at a revision. */
  onHash(member: number, { revision, compactRevision, hash }: RevisionHash): void {
    this.looked.equalHashes++;
    let ofRevision = this.hashes.get(revision);
    if (ofRevision === undefined) this.hashes.set(revision, (ofRevision = new Map()));
    const known = ofRevision.get(compactRevision);
    if (known === undefined) ofRevision.set(compactRevision, { hash, member });
    else if (known.hash !== hash) {
      const names =
        known.member === member
          ? this.nameOf(member)
          : `${this.nameOf(known.member)} and ${this.nameOf(member)}`;
      const sentence = `${names} gave two hashes of revision ${revision} after the compaction at ${compactRevision}: ${known.hash} and ${hash}`;
      this.tell('equalHashes', sentence, [known.member, member]);
    }
  }
}
