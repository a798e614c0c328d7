/** For each guarantee of the recipes' checkers: histories from a real order are accepted, and with one planted lie they are not. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Attempt,
  type PermissionChange,
  checkAuthWindows,
} from '../../../sim/checkers/recipes/auth_windows.ts';
import {
  type Closure,
  type Crossing,
  type Passage,
  checkBarrier,
  checkGate,
} from '../../../sim/checkers/recipes/barrier.ts';
import { type View, checkFollowers } from '../../../sim/checkers/recipes/followers.ts';
import {
  type ObservedLeader,
  type Proclamation,
  checkObservers,
} from '../../../sim/checkers/recipes/leaders.ts';
import { type PriorityOperation, checkPriorities } from '../../../sim/checkers/recipes/priority_queue.ts';
import {
  type Registration,
  type Sighting,
  checkRegistrations,
} from '../../../sim/checkers/recipes/registrations.ts';
import {
  type Balance,
  type CommittedTransaction,
  checkBalances,
  checkTransactions,
} from '../../../sim/checkers/recipes/transactions.ts';
import { runs } from '../../runs.ts';

const numRuns = runs(40, 2000);
const size = fc.integer({ min: 3, max: 12 });

function rules(violations: readonly { readonly rule: string }[]): string[] {
  return violations.map(({ rule }) => rule);
}

function changed<Item>(items: readonly Item[], at: number, change: (item: Item) => Item): Item[] {
  return items.map((item, i) => (i === at ? change(item) : item));
}

function without<Item>(items: readonly Item[], at: number): Item[] {
  return items.filter((_, i) => i !== at);
}

/** A property of a size and a free number, by which places are picked. */
function holds(body: (count: number, pick: number) => void): void {
  fc.assert(fc.property(size, fc.nat(10_000), body), { numRuns });
}

describe('barriers', () => {
  it('let nobody through before all have come', () => {
    holds((count, pick) => {
      const passages = Array.from({ length: count }, (_, n): Passage => ({
        round: 'r',
        participant: `p${n}`,
        callNs: 10 * n,
        returnNs: 10 * count + ((pick + n) % 7),
      }));
      expect(checkBarrier(passages, count)).toEqual([]);
      const at = pick % count;
      // One comes in less, one passes before the last has come, one comes under another's name.
      expect(rules(checkBarrier(without(passages, at), count))).toContain('all came');
      const early = changed(passages, at % (count - 1), (each) => ({
        ...each,
        returnNs: 10 * (count - 1) - 1,
      }));
      expect(rules(checkBarrier(early, count))).toContain('all came');
      const doubled = changed(passages, at, (each) => ({ ...each, participant: `p${(at + 1) % count}` }));
      expect(rules(checkBarrier(doubled, count))).toContain('all came');
    });
  });

  it('keep a closed gate closed', () => {
    holds((count, pick) => {
      const closures = Array.from({ length: count }, (_, n): Closure => ({
        gate: 'g',
        callNs: 100 * n,
        returnNs: 100 * n + 5,
        releasedNs: 100 * n + 50,
      }));
      const crossings = closures.map(({ callNs }, n): Crossing => ({
        gate: 'g',
        participant: `p${n}`,
        callNs: callNs + 20,
        returnNs: callNs + 55,
      }));
      expect(checkGate(closures, crossings)).toEqual([]);
      const at = pick % count;
      const sneaked = changed(crossings, at, (each) => ({ ...each, returnNs: each.callNs + 20 }));
      expect(rules(checkGate(closures, sneaked))).toEqual(['closed']);
      const shut = changed(closures, at, (each) => ({ ...each, releasedNs: null }));
      expect(rules(checkGate(shut, crossings))).toContain('closed');
    });
  });
});

describe('observers of elections', () => {
  it('see leaders in order, and what they said', () => {
    holds((count, pick) => {
      const said = Array.from({ length: count }, (_, n): Proclamation => ({ election: 'e', value: `v${n}` }));
      // Each leader says two things.
      const seen = said.map(({ election, value }, n): ObservedLeader => ({
        election,
        value,
        observer: 'o',
        token: 10 + Math.floor(n / 2),
        modRevision: 20 + n,
      }));
      expect(checkObservers(said, seen)).toEqual([]);
      expect(checkObservers(said, without(seen, pick % count))).toEqual([]);
      const at = pick % (count - 1);
      const swapped = changed(
        changed(seen, at, () => seen[at + 1] as ObservedLeader),
        at + 1,
        () => seen[at] as ObservedLeader,
      );
      expect(rules(checkObservers(said, swapped))).toContain(
        at % 2 === 0 ? 'never back' : 'leaders in order',
      );
      const invented = changed(seen, at, (each) => ({ ...each, value: 'other' }));
      expect(rules(checkObservers(said, invented))).toEqual(['no inventions']);
      expect(rules(checkObservers(without(said, at), seen))).toEqual(['no inventions']);
    });
  });
});

describe('followers of a prefix', () => {
  it('never go back, agree, and arrive', () => {
    holds((count, pick) => {
      const views = Array.from({ length: 2 * count }, (_, n): View => ({
        follower: n % 2 === 0 ? 'f' : 'g',
        revision: 10 + Math.floor(n / 2),
        content: `c${Math.floor(n / 2)}`,
      }));
      const last = { content: `c${count - 1}`, followers: ['f', 'g'] };
      expect(checkFollowers(views, last)).toEqual([]);
      const at = pick % (2 * count - 2);
      const doubled = [...views.slice(0, at + 3), views[at] as View, ...views.slice(at + 3)];
      expect(rules(checkFollowers(doubled, last))).toContain('never back');
      const lied = changed(views, at, (each) => ({ ...each, content: 'other' }));
      expect(rules(checkFollowers(lied, last))).toContain('one content');
      expect(rules(checkFollowers(views.slice(0, -1), last))).toEqual(['arrives']);
      expect(rules(checkFollowers([], last))).toEqual(['arrives', 'arrives']);
    });
  });
});

describe('priority queues', () => {
  it('give the most urgent first', () => {
    holds((count, pick) => {
      const put = (n: number): PriorityOperation => ({
        kind: 'enqueue',
        value: `v${n}`,
        priority: n,
        callNs: 10 * (count - n),
        returnNs: 10 * (count - n) + 5,
      });
      const take = (n: number, ns = 1000 + 10 * n): PriorityOperation => ({
        kind: 'dequeue',
        value: `v${n}`,
        priority: n,
        callNs: ns,
        returnNs: ns + 5,
      });
      const all = Array.from({ length: count }, (_, n) => n);
      const puts = all.map(put);
      expect(checkPriorities([...puts, ...all.map((n) => take(n))])).toEqual([]);
      const at = pick % (count - 1);
      // Two change places, one is taken last, one is never taken.
      const swapped = all.map((n) => take(n === at ? at + 1 : n === at + 1 ? at : n, 1000 + 10 * n));
      expect(rules(checkPriorities([...puts, ...swapped]))).toContain('most urgent first');
      const late = all.map((n) => (n === at ? take(n, 5000) : take(n)));
      expect(rules(checkPriorities([...puts, ...late]))).toContain('most urgent first');
      const lost = without(
        all.map((n) => take(n)),
        at,
      );
      expect(rules(checkPriorities([...puts, ...lost]))).toContain('most urgent first');
    });
  });
});

describe('registrations', () => {
  it('stay for their time to live and not much longer', () => {
    holds((count, pick) => {
      const registrations = Array.from({ length: count }, (_, n): Registration => ({
        instance: `i${n}`,
        ttlNs: 100,
        renewedNs: 1000 * n + 50,
        crashedNs: 1000 * n + 60,
        leftNs: null,
      }));
      const listed = (n: number, isListed: boolean, ns: number): Sighting => ({
        watcher: 'w',
        instance: `i${n}`,
        listed: isListed,
        ns,
      });
      const sightings = registrations.flatMap(({ renewedNs }, n) => [
        listed(n, true, renewedNs - 20),
        listed(n, false, renewedNs + 105),
      ]);
      const limits = { calmNs: 0, slackNs: 10 };
      expect(checkRegistrations(registrations, sightings, limits)).toEqual([]);
      const at = pick % count;
      const moved = (byNs: number): Sighting[] =>
        changed(sightings, 2 * at + 1, (each) => ({ ...each, ns: each.ns + byNs }));
      expect(rules(checkRegistrations(registrations, moved(-6 - (pick % 90)), limits))).toEqual([
        'not before its time',
      ]);
      expect(rules(checkRegistrations(registrations, moved(20 + pick), limits))).toEqual(['gone in time']);
      expect(rules(checkRegistrations(registrations, without(sightings, 2 * at + 1), limits))).toEqual([
        'gone in time',
      ]);
    });
  });
});

describe('transactions', () => {
  /** Each transaction reads one key and writes one, at the revision after the last. */
  const serial = (count: number, pick: number): CommittedTransaction[] => {
    const current = [1, 1, 1];
    return Array.from({ length: count }, (_, n) => {
      const [from, to] = [(pick + n) % 3, (pick * 7 + 2 * n) % 3];
      const reads = [{ key: `k${from}`, modRevision: current[from] as number }];
      current[to] = n + 2;
      return { revision: n + 2, reads, writes: [`k${to}`] };
    });
  };

  it('read what nobody changed until they commit', () => {
    let planted = 0;
    holds((count, pick) => {
      const transactions = serial(count, pick);
      expect(checkTransactions(transactions)).toEqual([]);
      const stale = transactions.flatMap(({ reads }, at) => ((reads[0]?.modRevision ?? 1) > 1 ? [at] : []));
      const at = stale[pick % Math.max(1, stale.length)];
      if (at === undefined) return;
      planted++;
      const older = (each: CommittedTransaction): CommittedTransaction => ({
        ...each,
        reads: each.reads.map(({ key, modRevision }) => ({ key, modRevision: modRevision - 1 })),
      });
      expect(rules(checkTransactions(changed(transactions, at, older)))).toEqual(['serializable']);
      // It commits behind a change of what it read.
      const { reads } = transactions[at] as CommittedTransaction;
      const late = { revision: count + 3, reads, writes: ['other'] };
      const over = { revision: count + 2, reads: [], writes: reads.map(({ key }) => key) };
      expect(rules(checkTransactions([...transactions, over, late]))).toEqual(['serializable']);
    });
    expect(planted).toBeGreaterThan(numRuns / 2);
  });

  it('keep the sum, and overdraw nothing', () => {
    holds((count, pick) => {
      const balances = Array.from({ length: count }, (_, n): Balance => ({
        revision: n,
        amounts: [n, 20 - n],
      }));
      expect(checkBalances(balances, 20)).toEqual([]);
      const at = pick % count;
      const lied = (amounts: number[]): Balance[] => changed(balances, at, (each) => ({ ...each, amounts }));
      expect(rules(checkBalances(lied([at, 21 - at]), 20))).toEqual(['the sum']);
      expect(rules(checkBalances(lied([-1 - (pick % 5), 21 + (pick % 5)]), 20))).toEqual(['no overdraft']);
    });
  });
});

describe('permissions', () => {
  const change = (n: number): PermissionChange => ({
    user: 'u',
    key: 'k',
    access: 'read',
    allowed: n % 2 === 0,
    callNs: 100 * n,
    returnNs: 100 * n + 10,
  });
  const attempt = (n: number): Attempt => ({
    user: 'u',
    key: 'k',
    access: 'read',
    succeeded: n % 2 === 0,
    callNs: 100 * n + 40,
    returnNs: 100 * n + 60,
  });

  it('have no window after a revoke, and refuse nothing that is allowed', () => {
    holds((count, pick) => {
      const all = Array.from({ length: count }, (_, n) => n);
      const [changes, attempts] = [all.map(change), all.map(attempt)];
      expect(checkAuthWindows(changes, attempts)).toEqual([]);
      const at = pick % count;
      const turned = changed(attempts, at, (each) => ({ ...each, succeeded: !each.succeeded }));
      const expected = at % 2 === 0 ? 'no wrongful refusal' : 'no window';
      expect(rules(checkAuthWindows(changes, turned))).toEqual([expected]);
      const moved = changed(attempts, at, (each) => ({
        ...each,
        callNs: each.callNs + 100,
        returnNs: 100 * at + 160,
      }));
      if (at < count - 1) {
        expect(rules(checkAuthWindows(changes, moved))).toEqual([
          at % 2 === 0 ? 'no window' : 'no wrongful refusal',
        ]);
      }
      expect(rules(checkAuthWindows(without(changes, at), attempts)).length).toBeGreaterThan(0);
      const other = changed(attempts, at, (each) => ({ ...each, access: 'write' as const, succeeded: true }));
      expect(rules(checkAuthWindows(changes, other))).toEqual(['no window']);
    });
  });

  it('of serializable reads are as old as what they show, but were given at some time', () => {
    holds((count, pick) => {
      const all = Array.from({ length: count }, (_, n) => n);
      const at = 1 + (pick % (count - 1));
      const old: Attempt = { ...attempt(at), succeeded: true, serializable: true };
      expect(checkAuthWindows(all.map(change), [old])).toEqual([]);
      expect(rules(checkAuthWindows(all.map(change), [{ ...old, key: 'other' }]))).toEqual(['no window']);
      expect(rules(checkAuthWindows([change(at + (at % 2))], [{ ...old, callNs: 0, returnNs: 1 }]))).toEqual([
        'no window',
      ]);
    });
  });
});
