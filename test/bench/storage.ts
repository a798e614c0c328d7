import { fromText } from '../../core/base/bytes.ts';
import type { ClientRequest, RequestOp } from '../../core/server/api/index.ts';
import { dbPath } from '../../core/server/paths.ts';
import { Timer } from '../../core/server/tokens.ts';
import { SingleMember } from '../server/single_member.ts';
import type { Figure } from './measure.ts';

const recoverEntries = 100_000;
/** Requests that are under way together. */
const batch = 100;
const sizePuts = 40_000;
/** As many as etcd takes into one txn, unless told otherwise. */
const putsPerTxn = 128;
const value = 'v'.repeat(128);

function put(i: number): RequestOp {
  return { kind: 'put', put: { key: fromText(`key/${i % 10_000}`), value: fromText(value) } };
}

/** Gives the member so many requests, and its backend a commit now and then, as 100 ms of a busy member's life would. */
function filled(count: number, request: (i: number) => ClientRequest, commitEvery: number): SingleMember {
  // No snapshot: the log is read from its first entry on.
  const single = new SingleMember(1, [], { config: { snapshotCount: Infinity } });
  single.lead();
  for (let i = 0; i < count; i++) {
    single.request(request(i));
    if (i % batch === batch - 1) single.completeSyncs();
    if (i % commitEvery === commitEvery - 1) single.member.onTimer(Timer.commit);
  }
  single.completeSyncs();
  single.member.onTimer(Timer.commit);
  single.completeSyncs();
  if (single.failures.length > 0) throw new Error(single.failures.join());
  return single;
}

/** Milliseconds from a start on the disk to the moment when every entry is applied. */
function startMs(single: SingleMember, applied: number): number {
  const started = performance.now();
  single.restart('keep');
  single.lead();
  const ms = performance.now() - started;
  if (single.member.appliedIndex < applied) throw new Error(`applied up to ${single.member.appliedIndex}`);
  return ms;
}

function benchStart(): Figure[] {
  const single = filled(recoverEntries, put, 5000);
  const { appliedIndex } = single.member;
  startMs(single, appliedIndex);
  const second = startMs(single, appliedIndex);
  single.disk.remove(dbPath);
  const again = startMs(single, appliedIndex);
  return [
    { name: `a member starts on ${recoverEntries} entries`, unit: 'ms', value: second },
    { name: 'the same when the backend has none of them', unit: 'ms', value: again },
  ];
}

/** The puts of one txn, each of another key: a txn may not put one twice. */
function putsOf(txn: number): RequestOp[] {
  return Array.from({ length: putsPerTxn }, (_, i) => put(txn * putsPerTxn + i));
}

/** Bytes of etcd's database after the same puts; null without etcd, which is then said. */
async function bytesOfEtcd(txns: number): Promise<number | null> {
  const { hasEtcd, withEtcd } = await import('../etcd_process.ts');
  if (!hasEtcd) return null;
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return withEtcd({}, async (etcd) => {
    for (let txn = 0; txn < txns; txn++) {
      const success = putsOf(txn).map((operation) => {
        if (operation.kind !== 'put') throw new Error('only puts');
        return { request_put: { key: base64(operation.put.key), value: base64(value) } };
      });
      await etcd.call('kv/txn', { success });
    }
    // A batch is committed 100 ms after its first change.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const status = await etcd.call('maintenance/status', {});
    return Number(status['dbSize']);
  });
}

async function benchSize(): Promise<Figure[]> {
  const txns = Math.floor(sizePuts / putsPerTxn);
  const theirs = await bytesOfEtcd(txns);
  if (theirs === null) return [];
  // Its batches end at 10,000 operations here.
  const single = filled(
    txns,
    (txn) => ({ kind: 'txn', txn: { compare: [], success: putsOf(txn), failure: [] } }),
    Math.floor(10_000 / putsPerTxn),
  );
  const bytes = single.disk.sizeBytes(dbPath);
  const puts = `${txns * putsPerTxn} puts of ${value.length} bytes`;
  return [
    { name: `size of the database after ${puts}`, unit: "of etcd's", value: bytes / theirs },
    { name: 'that in bytes', unit: 'bytes', value: bytes },
  ];
}

/** Storage as the whole member has it: its start, and the size of its database beside a real etcd's. */
export async function benchStorage(): Promise<Figure[]> {
  return [...benchStart(), ...(await benchSize())];
}
