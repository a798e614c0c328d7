import type {
  EtcdOperation,
  EtcdResponse,
  Pair,
  PutRequest,
} from '../../../sim/checkers/history/etcd_operation.ts';
import type { Draw } from '../linearizability/histories.ts';

/** Plants one lie in a history in which every answer came, or null if it offers no place for it. */
export type StoreLie = (history: readonly EtcdOperation[], draw: Draw) => EtcdOperation[] | null;

function pick<Item>(items: readonly Item[], draw: Draw): Item | null {
  return items.length === 0 ? null : (items[draw(items.length)] as Item);
}

function answering(
  history: readonly EtcdOperation[],
  one: EtcdOperation,
  output: EtcdResponse,
): EtcdOperation[] {
  return history.map((each) => (each === one ? { ...each, outcome: { status: 'ok', output } } : each));
}

type Got = EtcdOperation & {
  readonly outcome: { readonly status: 'ok'; readonly output: EtcdResponse & { kind: 'range' } };
};

function gets(history: readonly EtcdOperation[]): Got[] {
  return history.filter((each): each is Got => {
    const { input, outcome } = each;
    return (
      input.kind === 'range' &&
      input.rangeEnd === undefined &&
      outcome.status === 'ok' &&
      outcome.output.kind === 'range' &&
      outcome.output.kvs.length === 1
    );
  });
}

/** A read answers with what an earlier one of the key did, at its own revision. */
const staleRead: StoreLie = (history, draw) => {
  const reads = gets(history);
  const read = pick(reads, draw);
  if (read === null) return null;
  const [now] = read.outcome.output.kvs;
  const old = reads.find(
    ({ outcome }) =>
      outcome.output.kvs[0]?.key === now?.key && outcome.output.kvs[0]?.modRevision !== now?.modRevision,
  );
  if (old === undefined) return null;
  return answering(history, read, { ...read.outcome.output, kvs: old.outcome.output.kvs });
};

/** A read shows a value that nobody wrote. */
const phantom: StoreLie = (history, draw) => {
  const read = pick(gets(history), draw);
  const [pair] = read?.outcome.output.kvs ?? [];
  if (read === null || pair === undefined) return null;
  return answering(history, read, { ...read.outcome.output, kvs: [{ ...pair, value: 'phantom' }] });
};

/** A read misses a key that is there. */
const lostWrite: StoreLie = (history, draw) => {
  const read = pick(gets(history), draw);
  return read === null ? null : answering(history, read, { ...read.outcome.output, kvs: [], count: 0 });
};

/** An answer comes from a revision that was made after it. */
const timeTravel: StoreLie = (history, draw) => {
  const read = pick(gets(history).slice(0, 20), draw);
  const last = Math.max(
    ...history.map(({ outcome }) => (outcome.status === 'ok' ? (outcome.output.revision ?? 0) : 0)),
  );
  if (read === null) return null;
  return answering(history, read, { ...read.outcome.output, revision: last });
};

/** A compare is answered the wrong way round. */
const swappedCompare: StoreLie = (history, draw) => {
  const swaps = history.filter(({ input, outcome }) => {
    if (input.kind !== 'txn' || outcome.status !== 'ok' || outcome.output.kind !== 'txn') return false;
    return !outcome.output.succeeded && input.success.length === 1 && input.failure.length === 0;
  });
  const swap = pick(swaps, draw);
  if (swap?.outcome.status !== 'ok' || swap.outcome.output.kind !== 'txn') return null;
  return answering(history, swap, { ...swap.outcome.output, succeeded: true, results: [{ kind: 'put' }] });
};

/** Two writes are told the same revision. */
const sharedRevision: StoreLie = (history, draw) => {
  const puts = history.filter(
    ({ input, outcome }) => input.kind === 'put' && outcome.status === 'ok' && outcome.output.kind === 'put',
  );
  const [a, b] = [pick(puts, draw), pick(puts, draw)];
  if (a === null || b === null || a === b || b.outcome.status !== 'ok' || a.outcome.status !== 'ok')
    return null;
  return answering(history, a, { ...a.outcome.output, revision: b.outcome.output.revision as number });
};

/** A delete counts one too many. */
const miscounted: StoreLie = (history, draw) => {
  const deletes = history.filter(
    ({ outcome }) => outcome.status === 'ok' && outcome.output.kind === 'deleteRange',
  );
  const one = pick(deletes, draw);
  if (one?.outcome.status !== 'ok' || one.outcome.output.kind !== 'deleteRange') return null;
  const { prevKvs, ...output } = one.outcome.output;
  return answering(history, one, { ...output, deleted: output.deleted + (prevKvs === undefined ? 1 : 2) });
};

/** A read of the past, which was compacted, is answered all the same. */
const compactedRead: StoreLie = (history) => {
  const refused = history.find(
    ({ input, outcome }) =>
      input.kind === 'range' && outcome.status === 'ok' && outcome.output.kind === 'error',
  );
  const after = history.find(
    (each) =>
      refused !== undefined &&
      each.callNs > (refused.returnNs ?? 0) &&
      each.outcome.status === 'ok' &&
      each.outcome.output.revision !== undefined,
  );
  if (refused === undefined || refused.input.kind !== 'range' || after?.outcome.status !== 'ok') return null;
  return answering(history, refused, {
    kind: 'range',
    revision: after.outcome.output.revision as number,
    kvs: [{ key: refused.input.key, value: 'ghost' }],
    count: 1,
  });
};

/** What was there before a change is told wrongly: another value, or that there was nothing. */
const wrongPrevKv: StoreLie = (history, draw) => {
  const puts = history.filter(
    ({ outcome }) =>
      outcome.status === 'ok' && outcome.output.kind === 'put' && outcome.output.prevKv !== undefined,
  );
  const put = pick(puts, draw);
  if (put?.outcome.status !== 'ok' || put.outcome.output.kind !== 'put') return null;
  const { prevKv } = put.outcome.output;
  const ghost = { key: (put.input as PutRequest).key, value: 'ghost', modRevision: 2 };
  const lied = prevKv ? (draw(2) === 0 ? null : { ...prevKv, value: 'ghost' }) : ghost;
  return answering(history, put, { ...put.outcome.output, prevKv: lied });
};

/** A txn shows another pair than the one that its key held at an older revision. */
const wrongOldRead: StoreLie = (history, draw) => {
  const places = history.flatMap((txn) => {
    const { input, outcome } = txn;
    if (input.kind !== 'txn' || outcome.status !== 'ok' || outcome.output.kind !== 'txn') return [];
    const { output } = outcome;
    const operations = output.succeeded ? input.success : input.failure;
    return operations.flatMap((operation, at) => {
      const result = output.results[at];
      const isOld = operation.kind === 'range' && (operation.revision ?? 0) > 0;
      return isOld && result?.kind === 'range' && result.kvs.length > 0 ? [{ txn, output, at, result }] : [];
    });
  });
  const place = pick(places, draw);
  if (place === null) return null;
  const { txn, output, at, result } = place;
  const [first, ...rest] = result.kvs;
  const lied = { ...result, kvs: [{ ...(first as Pair), value: 'from nowhere' }, ...rest] };
  return answering(history, txn, {
    ...output,
    results: output.results.map((each, n) => (n === at ? lied : each)),
  });
};

export const storeLies: Readonly<Record<string, StoreLie>> = {
  staleRead,
  phantom,
  lostWrite,
  timeTravel,
  swappedCompare,
  sharedRevision,
  miscounted,
  compactedRead,
  wrongPrevKv,
  wrongOldRead,
};
