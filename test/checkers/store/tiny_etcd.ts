import type {
  Compare,
  EtcdError,
  EtcdRequest,
  EtcdResponse,
  Pair,
  RangeRequest,
  TxnOperation,
} from '../../../sim/checkers/history/etcd_operation.ts';
import type { WatchEvent } from '../../../sim/checkers/history/etcd_history.ts';
import { keepsLease, keepsSomething, keepsValue } from '../../../sim/checkers/store/keeping_put.ts';

export type FullPair = Required<Pair>;

/** The answer to a put that keeps what its key holds where there is no such key: clients only hear that it failed. */
export const refusal: EtcdResponse = { kind: 'error', error: 'leaseNotFound' };

/** etcd's store in the plainest way: what real histories are made with, and what orders are tried on. */
export class TinyEtcd {
  revision = 1;
  compacted = -1;
  readonly pairs = new Map<string, FullPair>();
  readonly leases = new Set<string>();
  /** States of the past, if they are kept. */
  past: Map<number, FullPair[]> | null = null;
  /** Changes, if they are kept. */
  events: WatchEvent[] | null = null;

  clone(): TinyEtcd {
    const copy = new TinyEtcd();
    copy.revision = this.revision;
    copy.compacted = this.compacted;
    for (const [key, pair] of this.pairs) copy.pairs.set(key, pair);
    for (const lease of this.leases) copy.leases.add(lease);
    if (this.past !== null) copy.past = new Map(this.past);
    return copy;
  }

  /** `told`: where etcd leaves an order open, the answer is as this one has it. */
  apply(request: EtcdRequest, told?: EtcdResponse): EtcdResponse {
    const before = this.revision;
    const response = this.answer(request, told);
    if (response.kind === 'error') return response;
    if (this.revision !== before) this.past?.set(this.revision, this.sorted());
    // Not by spreading, which makes every answer an object of a shape of its own: readers of a million of them pay for that.
    return Object.assign(response, { revision: this.revision });
  }

  private sorted(): FullPair[] {
    return [...this.pairs.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  private answer(request: EtcdRequest, told?: EtcdResponse): EtcdResponse {
    switch (request.kind) {
      case 'leaseGrant':
        if (this.leases.has(request.lease)) return { kind: 'error', error: 'leaseExists' };
        this.leases.add(request.lease);
        return { kind: 'leaseGrant', lease: request.lease };
      case 'leaseRevoke': {
        if (!this.leases.delete(request.lease)) return { kind: 'error', error: 'leaseNotFound' };
        const keys = this.sorted().filter(({ lease }) => lease === request.lease);
        for (const { key } of keys) this.remove(key, this.revision + 1);
        if (keys.length > 0) this.revision++;
        return { kind: 'leaseRevoke' };
      }
      case 'leaseKeepAlive':
        return { kind: 'leaseKeepAlive', ttl: this.leases.has(request.lease) ? 10 : 0 };
      case 'compact':
        if (request.revision <= this.compacted) return { kind: 'error', error: 'compacted' };
        if (request.revision > this.revision) return { kind: 'error', error: 'futureRevision' };
        this.compacted = request.revision;
        return { kind: 'compact' };
      default: {
        const error = this.errorOf(request);
        if (error === 'keyNotFound') return refusal;
        if (error !== null) return { kind: 'error', error };
        const next = this.revision + 1;
        const changes = { any: false };
        const response = this.step(request, next, changes, told);
        if (changes.any) this.revision = next;
        return response;
      }
    }
  }

  private chosen(request: TxnOperation): readonly TxnOperation[] {
    if (request.kind !== 'txn') return [];
    return request.compares.every((compare) => this.compare(compare)) ? request.success : request.failure;
  }

  private errorOf(request: TxnOperation): EtcdError | 'keyNotFound' | null {
    if (request.kind === 'put' && keepsSomething(request) && !this.pairs.has(request.key))
      return 'keyNotFound';
    if (request.kind === 'put')
      return (request.lease ?? '0') !== '0' && !this.leases.has(request.lease as string)
        ? 'leaseNotFound'
        : null;
    if (request.kind === 'range') {
      const revision = request.revision ?? 0;
      if (revision > this.revision) return 'futureRevision';
      return revision > 0 && revision < this.compacted ? 'compacted' : null;
    }
    return (
      this.chosen(request)
        .map((each) => this.errorOf(each))
        .find((error) => error !== null) ?? null
    );
  }

  private step(
    request: TxnOperation,
    next: number,
    changes: { any: boolean },
    told?: EtcdResponse,
  ): EtcdResponse {
    if (request.kind === 'put') {
      const old = this.pairs.get(request.key);
      changes.any = true;
      const pair = {
        key: request.key,
        value: keepsValue(request) ? (old as FullPair).value : request.value,
        modRevision: next,
        createRevision: old?.createRevision ?? next,
        version: (old?.version ?? 0) + 1,
        lease: keepsLease(request) ? (old as FullPair).lease : (request.lease ?? '0'),
      };
      this.pairs.set(request.key, pair);
      this.events?.push({ type: 'put', ...pair, isCreate: old === undefined, prevKv: old ?? null });
      return request.prevKv === true ? { kind: 'put', prevKv: old ?? null } : { kind: 'put' };
    }
    if (request.kind === 'deleteRange') {
      const found = this.within(request.key, request.rangeEnd);
      for (const { key } of found) this.remove(key, next);
      changes.any ||= found.length > 0;
      const answer = { kind: 'deleteRange' as const, deleted: found.length };
      return request.prevKv === true ? { ...answer, prevKvs: found } : answer;
    }
    if (request.kind === 'range') return this.range(request, told);
    // Nested branches are decided before anything changes; a txn without any has decided when it begins.
    const before = [...request.success, ...request.failure].some(({ kind }) => kind === 'txn')
      ? this.withPairs()
      : this;
    const run = (txn: TxnOperation & { kind: 'txn' }, heard?: EtcdResponse): EtcdResponse => {
      const succeeded = txn.compares.every((compare) => before.compare(compare));
      const results = (succeeded ? txn.success : txn.failure).map((each, at) => {
        const result = heard?.kind === 'txn' ? heard.results[at] : undefined;
        return each.kind === 'txn' ? run(each, result) : this.step(each, next, changes, result);
      });
      return { kind: 'txn', succeeded, results };
    };
    return run(request, told);
  }

  private withPairs(): TinyEtcd {
    const copy = new TinyEtcd();
    for (const [key, pair] of this.pairs) copy.pairs.set(key, pair);
    return copy;
  }

  private remove(key: string, revision: number): void {
    const old = this.pairs.get(key) as FullPair;
    this.pairs.delete(key);
    this.events?.push({ type: 'delete', key, value: '', modRevision: revision, prevKv: old });
  }

  private within(key: string, rangeEnd: string | undefined, state?: readonly FullPair[]): FullPair[] {
    if (rangeEnd === undefined && state === undefined) {
      const only = this.pairs.get(key);
      return only === undefined ? [] : [only];
    }
    const pairs = state ?? this.sorted();
    if (rangeEnd === undefined) return pairs.filter((pair) => pair.key === key);
    return pairs.filter((pair) => pair.key >= key && (rangeEnd === '\0' || pair.key < rangeEnd));
  }

  private range(request: RangeRequest, told?: EtcdResponse): EtcdResponse {
    const { key, rangeEnd, limit = 0, revision = 0, countOnly } = request;
    if (isSpecial(request)) return this.specialRange(request, told);
    if (rangeEnd === undefined && revision === 0) {
      const pair = this.pairs.get(key);
      return {
        kind: 'range',
        kvs: pair === undefined || countOnly === true ? [] : [pair],
        count: pair === undefined ? 0 : 1,
      };
    }
    // Inside a txn the newest revision is still the one before it.
    const state = revision > 0 && this.past !== null ? (this.past.get(revision) ?? []) : this.sorted();
    const found = this.within(key, rangeEnd, state);
    const kvs = countOnly === true ? [] : limit > 0 ? found.slice(0, limit) : found;
    return { kind: 'range', kvs, count: found.length };
  }

  /** As etcd does it: what sorts or filters looks at all pairs; a target without an order sorts what the limit left, and one more. */
  private specialRange(request: RangeRequest, told?: EtcdResponse): EtcdResponse {
    const { key, rangeEnd, limit = 0, revision = 0, countOnly, keysOnly } = request;
    const state = revision > 0 && this.past !== null ? (this.past.get(revision) ?? []) : this.sorted();
    const found = this.within(key, rangeEnd, state);
    const count = found.length;
    if (countOnly === true) return { kind: 'range', kvs: [], count };
    const { sortOrder, sortTarget = 'key' } = request;
    const { minModRevision: minMod = 0, maxModRevision: maxMod = 0 } = request;
    const { minCreateRevision: minCreate = 0, maxCreateRevision: maxCreate = 0 } = request;
    const all = sortOrder !== undefined || minMod + maxMod + minCreate + maxCreate > 0 || limit === 0;
    let kvs = (all ? found : found.slice(0, limit + 1)).filter(
      ({ modRevision: mod, createRevision: create }) =>
        (minMod === 0 || mod >= minMod) &&
        (maxMod === 0 || mod <= maxMod) &&
        (minCreate === 0 || create >= minCreate) &&
        (maxCreate === 0 || create <= maxCreate),
    );
    const by = (pair: FullPair): string | number =>
      ({
        key: pair.key,
        value: pair.value,
        version: pair.version,
        create: pair.createRevision,
        mod: pair.modRevision,
      })[sortTarget];
    const sign = sortOrder === 'descend' ? -1 : 1;
    const heard = told?.kind === 'range' ? told.kvs.map((pair) => pair.key) : [];
    const place = ({ key: each }: FullPair): number =>
      heard.includes(each) ? heard.indexOf(each) : heard.length;
    kvs.sort((a, b) => {
      if (by(a) !== by(b)) return by(a) < by(b) ? -sign : sign;
      return place(a) - place(b) || (a.key < b.key ? -1 : 1);
    });
    if (limit > 0) kvs = kvs.slice(0, limit);
    if (keysOnly === true) kvs = kvs.map((pair) => ({ ...pair, value: '' }));
    return { kind: 'range', kvs, count };
  }

  private compare({ target, result, key, rangeEnd, operand }: Compare): boolean {
    const holds = (pair: FullPair | undefined): boolean => {
      let order: number;
      if (target === 'value') {
        if (pair === undefined) return false;
        order = pair.value < String(operand) ? -1 : pair.value === operand ? 0 : 1;
      } else if (target === 'lease') {
        order = Number(pair?.lease ?? '0') - Number(operand);
      } else {
        const numbers = { mod: pair?.modRevision, create: pair?.createRevision, version: pair?.version };
        order = (numbers[target] ?? 0) - Number(operand);
      }
      if (result === 'equal') return order === 0;
      return result === 'notEqual' ? order !== 0 : result === 'less' ? order < 0 : order > 0;
    };
    if (rangeEnd === undefined) return holds(this.pairs.get(key));
    return this.within(key, rangeEnd).every(holds);
  }
}

function isSpecial(request: RangeRequest): boolean {
  const { sortOrder, sortTarget, keysOnly, minModRevision, maxModRevision } = request;
  const { minCreateRevision, maxCreateRevision } = request;
  const names = [sortOrder, sortTarget, keysOnly, minModRevision, maxModRevision, minCreateRevision];
  return [...names, maxCreateRevision].some((each) => each !== undefined);
}
