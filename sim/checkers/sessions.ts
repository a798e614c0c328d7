import { type EtcdOperation, isLocalRead } from './history/etcd_operation.ts';
import type { HistoryCheck } from './linearizability/report.ts';
import { type TimeText, milliseconds, plural } from './linearizability/wording.ts';
import { hasWritten } from './store/roles.ts';
import { StoreWords } from './store/words.ts';

export const sessionGuarantees = {
  monotonicReads: {
    name: 'sessions: monotonic reads',
    guarantee: 'The revisions that a client is answered at never go back.',
  },
  readYourWrites: {
    name: 'sessions: read your writes',
    guarantee: 'A client is never answered from a revision before its own acknowledged writes.',
  },
} as const;

export type SessionGuarantee = keyof typeof sessionGuarantees;

export interface SessionViolation {
  readonly guarantee: SessionGuarantee;
  readonly sentence: string;
  readonly operations: readonly number[];
}

export interface SessionOptions {
  /** Whether the two guarantees are promised for an operation; by default for all but serializable reads, which may be stale. */
  readonly isPromised?: (operation: EtcdOperation) => boolean;
  /** Whose session an operation belongs to; by default the client's name, or its process. */
  readonly sessionOf?: (operation: EtcdOperation) => string;
  readonly time?: TimeText;
}

/** Checks the operations of each session one after the other, in the order of their calls. Linear, but for sorting. */
export function checkSessions(
  operations: readonly EtcdOperation[],
  options: SessionOptions = {},
): { readonly checks: readonly HistoryCheck[]; readonly violations: readonly SessionViolation[] } {
  const {
    isPromised = ({ input }) => !isLocalRead(input),
    sessionOf = ({ client, process }) => client ?? `client ${process}`,
    time = milliseconds,
  } = options;
  const words = new StoreWords(time);
  const last = new Map<string, { read: EtcdOperation | null; write: EtcdOperation | null }>();
  const violations: SessionViolation[] = [];
  const ordered = [...operations].sort(
    (a, b) => a.callNs - b.callNs || a.callSequence - b.callSequence || a.id - b.id,
  );
  for (const operation of ordered) {
    const { outcome, input } = operation;
    if (outcome.status !== 'ok' || outcome.output.kind === 'error' || input.kind === 'compact') continue;
    const { revision } = outcome.output;
    if (revision === undefined || !isPromised(operation)) continue;
    const session = last.get(sessionOf(operation)) ?? { read: null, write: null };
    last.set(sessionOf(operation), session);
    for (const [guarantee, before] of [
      ['readYourWrites', session.write],
      ['monotonicReads', session.read],
    ] as const) {
      if (before === null || revisionOf(before) <= revision || !isBefore(before, operation)) continue;
      const sentence = `${words.name(operation)} was answered at revision ${revision}, after ${words.name(before)} at revision ${revisionOf(before)} in the same session`;
      violations.push({ guarantee, sentence, operations: [before.id, operation.id] });
      break;
    }
    if (hasWritten(input, outcome.output)) {
      if (session.write === null || revisionOf(session.write) < revision) session.write = operation;
    } else if (session.read === null || revisionOf(session.read) < revision) {
      session.read = operation;
    }
  }
  const checks = (Object.keys(sessionGuarantees) as SessionGuarantee[]).map((guarantee): HistoryCheck => {
    const broken = violations.some((each) => each.guarantee === guarantee);
    const detail = plural(last.size, 'session');
    return { ...sessionGuarantees[guarantee], status: broken ? 'violated' : 'passed', detail };
  });
  return { checks, violations };
}

function revisionOf({ outcome }: EtcdOperation): number {
  return outcome.status === 'ok' ? (outcome.output.revision ?? 0) : 0;
}

/** A client may have several operations under way: only those that were over count. */
function isBefore(a: EtcdOperation, b: EtcdOperation): boolean {
  return (
    a.returnNs !== null &&
    (a.returnNs < b.callNs || (a.returnNs === b.callNs && (a.returnSequence ?? 0) < b.callSequence))
  );
}
