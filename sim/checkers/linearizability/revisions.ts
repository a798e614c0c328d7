import type { KvInput, KvOperation, KvOutput } from '../history/kv_operation.ts';
import { timelineOf } from '../history/timeline.ts';
import { valueSet } from './kv_headline.ts';
import { type KeyState, kvModelFor } from './kv_model.ts';
import { isOpen } from './partition.ts';
import type { HistoryViolation } from './report.ts';
import { type TimeText, Wording } from './wording.ts';

export const revisionGuarantee = {
  name: 'revisions',
  guarantee:
    'Every write gets a revision of its own, revisions grow in real time across all keys, and a read names the revision that wrote its value (etcd: KV API, revisions).',
} as const;

const violationsMax = 3;

interface Answered {
  readonly operation: KvOperation;
  readonly output: KvOutput;
  /** Of the response's header. */
  readonly revision: number;
}

/** Checks what answers say about revisions; those without say nothing. Linear in the history. */
export function checkRevisions(
  history: readonly KvOperation[],
  time: TimeText,
): { readonly looked: number; readonly violations: readonly HistoryViolation[] } {
  const check = new RevisionCheck(history, time);
  check.run();
  return { looked: check.looked, violations: check.violations.slice(0, violationsMax) };
}

class RevisionCheck {
  readonly violations: HistoryViolation[] = [];
  looked = 0;
  private readonly history: readonly KvOperation[];
  private readonly wording: Wording<KeyState, KvInput, KvOutput>;
  private readonly writeAt = new Map<number, KvOperation>();
  private readonly readAt = new Map<number, KvOperation>();

  constructor(history: readonly KvOperation[], time: TimeText) {
    this.history = history;
    this.wording = new Wording(kvModelFor([]), time);
  }

  run(): void {
    this.ownRevisions();
    this.realTime();
    this.readRevisions();
  }

  private violate(sentence: string, first: KvOperation, others: readonly KvOperation[]): void {
    const operations = [first, ...others];
    this.violations.push({
      check: revisionGuarantee.name,
      atNs: first.returnNs ?? first.callNs,
      sentence,
      lines: operations.map((operation) => `  ${this.wording.withTimes(operation)}${answerText(operation)}`),
      operations: operations.map(({ id }) => id),
      events: [],
    });
  }

  private ownRevisions(): void {
    for (const operation of this.history) {
      const answered = answerOf(operation);
      if (answered === null || !isWrite(answered)) continue;
      const { revision } = answered;
      const other = this.writeAt.get(revision);
      this.writeAt.set(revision, other ?? operation);
      if (other === undefined) continue;
      const both = `${this.wording.name(other)} and ${this.wording.name(operation)}`;
      this.violate(`${both} both got revision ${revision}`, operation, [other]);
    }
  }

  private realTime(): void {
    const { history, wording } = this;
    const { events } = timelineOf(history, isOpen);
    const highestAtCall: (Answered | null)[] = [];
    let highest: Answered | null = null;
    for (const event of events) {
      if (event >= 0) {
        highestAtCall[event] = highest;
        continue;
      }
      const answered = answerOf(history[~event] as KvOperation);
      if (answered === null) continue;
      this.looked++;
      const before = highestAtCall[~event] ?? null;
      const { operation, revision } = answered;
      if (
        before !== null &&
        (revision < before.revision || (revision === before.revision && isWrite(answered)))
      ) {
        this.violate(
          `${wording.name(operation)} was answered at revision ${revision} although it began at ${wording.called(operation)}, after ${wording.name(before.operation)} had returned revision ${before.revision} at ${wording.returned(before.operation)}`,
          operation,
          [before.operation],
        );
      }
      if (highest === null || revision > highest.revision) highest = answered;
    }
  }

  private readRevisions(): void {
    const writers = writersByValue(this.history);
    for (const operation of this.history) {
      const { outcome, input } = operation;
      if (outcome.status !== 'ok' || outcome.output.kind !== 'get') continue;
      const { value, modRevision, revision } = outcome.output;
      if (value === null || modRevision === undefined || modRevision === 0) continue;
      const writer = this.writeAt.get(modRevision);
      if (revision !== undefined && modRevision > revision) {
        this.violate(`${this.says(operation)}, but the store was at revision ${revision}`, operation, []);
      } else if (writer !== undefined && (writer.input.key !== input.key || valueSet(writer) !== value)) {
        const other = this.wording.name(writer);
        this.violate(`${this.says(operation)}, but that is the revision of ${other}`, operation, [writer]);
      } else {
        this.onlyWriter(operation, writers.get(pairOf(input.key, value)) ?? [], modRevision);
        this.sameRevision(operation, modRevision);
      }
    }
  }

  /** The start of a sentence about a read. */
  private says(read: KvOperation): string {
    const output = read.outcome.status === 'ok' ? read.outcome.output : null;
    const revision = output?.kind === 'get' ? output.modRevision : null;
    return `${this.wording.name(read)} says that revision ${revision} wrote it`;
  }

  /** If only one operation can have written the value and it said its revision, that is the one to read. */
  private onlyWriter(read: KvOperation, writers: readonly KvOperation[], modRevision: number): void {
    const [writer] = writers;
    if (writer === undefined || writers.length > 1) return;
    const own = answerOf(writer)?.revision;
    if (own === undefined || own === modRevision) return;
    const only = `${this.wording.name(writer)}, the only one to write it`;
    this.violate(`${this.says(read)}, but ${only}, got revision ${own}`, read, [writer]);
  }

  /** A mod revision names one pair for ever. */
  private sameRevision(read: KvOperation, modRevision: number): void {
    const other = this.readAt.get(modRevision);
    if (other === undefined) {
      this.readAt.set(modRevision, read);
      return;
    }
    if (showSamePair(other, read)) return;
    const both = `${this.wording.name(other)} and ${this.wording.name(read)}`;
    this.violate(`${both} both name revision ${modRevision}, but don't show the same pair`, read, [other]);
  }
}

function answerOf(operation: KvOperation): Answered | null {
  const { outcome } = operation;
  if (outcome.status !== 'ok' || outcome.output.revision === undefined) return null;
  return { operation, output: outcome.output, revision: outcome.output.revision };
}

function isWrite({ operation }: Answered): boolean {
  return valueSet(operation) !== undefined;
}

function answerText({ outcome }: KvOperation): string {
  if (outcome.status !== 'ok') return '';
  const { output } = outcome;
  const header = output.revision === undefined ? '' : `, at revision ${output.revision}`;
  if (output.kind !== 'get' || output.modRevision === undefined) return header;
  return `${header}, mod revision ${output.modRevision}`;
}

/** A name for (key, value) that no other pair has. */
function pairOf(key: string, value: string): string {
  return `${key.length} ${key}=${value}`;
}

/** The pair that a read shows, with its version where that is told. */
function showSamePair(a: KvOperation, b: KvOperation): boolean {
  const [one, two] = [shownBy(a), shownBy(b)];
  if (one === null || two === null || a.input.key !== b.input.key || one.value !== two.value) return false;
  // Not every answer tells the version.
  return one.version === undefined || two.version === undefined || one.version === two.version;
}

function shownBy({ outcome }: KvOperation): Extract<KvOutput, { readonly kind: 'get' }> | null {
  return outcome.status === 'ok' && outcome.output.kind === 'get' ? outcome.output : null;
}

function writersByValue(history: readonly KvOperation[]): Map<string, KvOperation[]> {
  const writers = new Map<string, KvOperation[]>();
  for (const operation of history) {
    const value = operation.outcome.status === 'fail' ? undefined : valueSet(operation);
    if (value === undefined || value === null) continue;
    const pair = pairOf(operation.input.key, value);
    const others = writers.get(pair);
    if (others === undefined) writers.set(pair, [operation]);
    else others.push(operation);
  }
  return writers;
}
