import type { EtcdOperation, EtcdRequest, TxnOperation } from '../history/etcd_operation.ts';
import { inRange } from '../history/key_order.ts';
import { type TimeText, plural } from '../linearizability/wording.ts';
import type { BesideClash } from './beside.ts';
import type { Candidates } from './candidates.ts';
import type { PackedHistory } from './packed.ts';
import { Role } from './roles.ts';
import type { StoreSearchResult } from './search.ts';
import type { Contradiction } from './smallest.ts';
import { type PairClash, type Slots, returnedBefore } from './slots.ts';
import { StoreWords } from './words.ts';

/** Why a history is not the store's: sentences for people, ids for the page. */
export interface StoreViolation {
  readonly sentence: string;
  readonly lines: readonly string[];
  readonly atNs: number;
  /** The operation that can't be placed; null if it is a revision that nobody can have made. */
  readonly culprit: number | null;
  /** The revision in question, null if there is none. */
  readonly revision: number | null;
  /** These contradict each other whatever the others told; the culprit comes last. */
  readonly contradiction: readonly number[];
  /** False if the budget for explaining ran out, so that a smaller contradiction may exist. */
  readonly smallest: boolean;
  /** Not held to anything, but they could have made the revision if real time or the state allowed. */
  readonly possible: readonly number[];
  /** Real time within the contradiction: the first had returned before the second was called. */
  readonly edges: readonly { readonly before: number; readonly after: number }[];
}

/** What was found to be wrong: operations by their positions. */
export interface Finding {
  readonly sentence: string;
  /** -1: a watcher, or nobody. */
  readonly culprit: number;
  /** Those whose times or answers contradict the culprit's. */
  readonly others: readonly number[];
  /** Those whose effects it contradicts. */
  readonly writers: readonly number[];
  readonly revision: number | null;
  readonly possible: readonly number[];
}

const possibleMax = 6;

export class StoreExplainer {
  private readonly plan: PackedHistory;
  private readonly initial: number;
  private readonly words: StoreWords;

  constructor(plan: PackedHistory, initial: number, time: TimeText) {
    this.plan = plan;
    this.initial = initial;
    this.words = new StoreWords(time);
  }

  private operation(i: number): EtcdOperation {
    return this.plan.at(i);
  }

  /** The finding with the contradiction that was found in it. */
  violation(
    { sentence, culprit, writers, revision, possible }: Finding,
    { held: found, smallest }: Contradiction,
  ): StoreViolation {
    const effects = writers.filter((i, at) => !found.includes(i) && writers.indexOf(i) === at);
    const held = [...effects, ...found].map((i) => this.operation(i));
    const last = held.at(-1);
    const size = `${smallest ? 'The smallest contradiction has' : 'A contradiction has'} ${plural(held.length, 'operation')}:`;
    return {
      sentence,
      lines: [
        ...(held.length > 1 ? [size] : []),
        ...held.map((each) => `  ${this.words.line(each)}`),
        ...(possible.length > 0
          ? ['These could have, but for the state that they or others find then:']
          : []),
        ...possible.slice(0, possibleMax).map((i) => `  ${this.words.line(this.operation(i))}`),
        ...(possible.length > possibleMax ? [`  and ${plural(possible.length - possibleMax, 'other')}`] : []),
      ],
      atNs: last === undefined ? 0 : (last.returnNs ?? last.callNs),
      culprit: culprit >= 0 ? this.operation(culprit).id : null,
      revision,
      contradiction: held.map(({ id }) => id),
      smallest,
      possible: possible.map((i) => this.operation(i).id),
      edges: held.flatMap((before) =>
        held
          .filter((after) => returnedBefore(before, after))
          .map((after) => ({ before: before.id, after: after.id })),
      ),
    };
  }

  private finding(
    sentence: string,
    culprit: number,
    others: readonly number[],
    revision: number | null,
    possible: readonly number[] = [],
  ): Finding {
    return { sentence, culprit, others, writers: [], revision, possible };
  }

  /** More revisions were seen than operations can have made. */
  tooFew(missing: number): Finding {
    const { lastRevision, lastSeenBy } = this.plan;
    const who = lastSeenBy < 0 ? 'A watcher' : this.words.name(this.operation(lastSeenBy));
    const made = plural(this.plan.writes + this.plan.open.length, 'operation');
    return this.finding(
      `${who} saw revision ${lastRevision}, but no more than ${made} can have changed the store since revision ${this.initial}: ${plural(missing, 'revision')} nobody can have made`,
      lastSeenBy,
      [],
      lastRevision,
    );
  }

  pair({ kind, first, second }: PairClash): Finding {
    const { words, plan } = this;
    const [a, b] = [this.operation(first), this.operation(second)];
    const [x, y] = [plan.columns.revision[first] as number, plan.columns.revision[second] as number];
    if (kind === 'same revision') {
      const sentence = `${words.name(a)} and ${words.name(b)} both got revision ${x}`;
      // The other's effect at that revision is enough, whatever it was answered.
      return { ...this.finding(sentence, second, [first], x), writers: [first] };
    }
    if (kind === 'initial revision') {
      const verb = plan.columns.role[first] === Role.write ? 'got' : 'saw';
      const sentence = `${words.name(a)} ${verb} revision ${x}, but the store began empty at revision ${this.initial}`;
      return this.finding(sentence, first, [], x);
    }
    const sentence = `${words.name(b)} was answered at revision ${y} although it began at ${words.time(b.callNs)}, after ${words.name(a)} had returned revision ${x} at ${words.returned(a)}`;
    return this.finding(sentence, second, [first], y);
  }

  readAhead(i: number): Finding {
    const revision = this.plan.columns.revision[i] as number;
    const sentence = `${this.words.name(this.operation(i))} was answered although the store was at revision ${revision}`;
    return this.finding(sentence, i, [], revision);
  }

  beside({ operation, others, text }: BesideClash): Finding {
    return this.finding(
      `${this.words.name(this.operation(operation))}: but ${text}`,
      operation,
      others,
      null,
    );
  }

  clash(slots: Slots, candidates: Candidates | null, { clash, tried }: StoreSearchResult): Finding {
    if (clash === null || clash.operation < 0) return this.unmade(slots, candidates, clash?.slot ?? 0, tried);
    const culprit = this.operation(clash.operation);
    const writers = clash.key === null ? [] : this.writersOf(clash.key, slots, clash.slot, culprit);
    const sentence = `${this.words.name(culprit)}: but ${clash.text}`;
    return {
      ...this.finding(sentence, clash.operation, [], clash.slot + slots.initial),
      writers: writers.filter((i) => i !== clash.operation),
    };
  }

  /** The last known write of the key at the slot, and the one that the answer names. */
  private writersOf(key: string, slots: Slots, slot: number, culprit: EtcdOperation): number[] {
    const found: number[] = [];
    for (let s = slot; s > 0; s--) {
      const owner = slots.owner[s] as number;
      if (owner < 0 || this.operation(owner) === culprit || !changes(this.operation(owner).input, key))
        continue;
      found.push(owner);
      break;
    }
    const { outcome } = culprit;
    const output = outcome.status === 'ok' ? outcome.output : null;
    const pair = output?.kind === 'range' ? output.kvs.find((each) => each.key === key) : undefined;
    const named = slots.owner[(pair?.modRevision ?? this.initial) - slots.initial] ?? -1;
    if (named >= 0) found.push(named);
    return found;
  }

  /** Nobody can have made a revision. */
  private unmade(
    slots: Slots,
    candidates: Candidates | null,
    slot: number,
    list: readonly number[],
  ): Finding {
    const { words, plan } = this;
    const revision = slot + slots.initial;
    const bucket = Array.from(
      slots.bucket.subarray(slots.bucketStart[slot] as number, slots.bucketStart[slot + 1] as number),
    );
    const behind = bucket.find((i) => plan.columns.role[i] !== Role.revoke) ?? this.firstBehind(slots, slot);
    const tried = list.flatMap((entry) =>
      entry >= 0 ? [entry] : (candidates?.classes[~entry]?.members.slice(0, 1) ?? []),
    );
    const seer = behind < 0 ? 'a watcher' : words.name(this.operation(behind));
    const why =
      tried.length === 0
        ? 'no operation without an answer fits there'
        : 'none of those without an answer fits there';
    return this.finding(
      `Nobody can have made revision ${revision}, which ${seer} had behind it: no answer names it, and ${why}`,
      behind,
      [],
      revision,
      tried,
    );
  }

  private firstBehind(slots: Slots, slot: number): number {
    for (let s = slot + 1; s <= slots.count; s++) {
      if ((slots.owner[s] as number) >= 0) return slots.owner[s] as number;
      const at = slots.bucketStart[s] as number;
      if (at < (slots.bucketStart[s + 1] as number)) return slots.bucket[at] as number;
    }
    return this.plan.lastSeenBy;
  }
}

function changes(input: EtcdRequest | TxnOperation, key: string): boolean {
  if (input.kind === 'put') return input.key === key;
  if (input.kind === 'deleteRange') return inRange(key, input.key, input.rangeEnd);
  return input.kind === 'txn' && [...input.success, ...input.failure].some((each) => changes(each, key));
}
