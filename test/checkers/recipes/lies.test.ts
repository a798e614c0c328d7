import { describe, expect, it } from 'vitest';
import {
  type Closure,
  type Crossing,
  type Passage,
  checkBarrier,
  checkGate,
} from '../../../sim/checkers/recipes/barrier.ts';
import { type View, checkFollowers } from '../../../sim/checkers/recipes/followers.ts';
import { type ObservedLeader, checkObservers } from '../../../sim/checkers/recipes/leaders.ts';
import { type PriorityOperation, checkPriorities } from '../../../sim/checkers/recipes/priority_queue.ts';
import {
  type Registration,
  type Sighting,
  checkRegistrations,
} from '../../../sim/checkers/recipes/registrations.ts';
import { type SureHold, checkSoleOwner } from '../../../sim/checkers/recipes/sole_owner.ts';
import { checkBalances, checkTransactions } from '../../../sim/checkers/recipes/transactions.ts';

const rules = (found: readonly { readonly rule: string }[]): string[] => found.map(({ rule }) => rule);

describe('a sole owner', () => {
  const hold = (owner: string, token: number, fromNs: number, untilNs: number): SureHold => ({
    resource: 'lock',
    owner,
    token,
    fromNs,
    untilNs,
  });

  it('accepts who comes after the session has, or may have, ended', () => {
    expect(checkSoleOwner([hold('b', 7, 10, 20), hold('a', 5, 1, 10)])).toEqual([]);
  });

  it('rejects who comes before', () => {
    const found = checkSoleOwner([hold('a', 5, 1, 30), hold('b', 7, 10, 11), hold('c', 9, 20, 25)]);
    expect(rules(found)).toEqual(['one owner', 'one owner']);
  });
});

describe('a barrier', () => {
  const pass = (participant: string, callNs: number, returnNs: number | null): Passage => ({
    round: 'r',
    participant,
    callNs,
    returnNs,
  });

  it('accepts passages after all have come, also of one that came twice', () => {
    expect(checkBarrier([pass('a', 1, 9), pass('b', 5, 8), pass('c', 8, 8)], 3)).toEqual([]);
    expect(checkBarrier([pass('a', 1, null), pass('a', 6, 9), pass('b', 8, null)], 2)).toEqual([]);
  });

  it('rejects a passage before the last came, and counts a participant once', () => {
    expect(rules(checkBarrier([pass('a', 1, 4), pass('b', 5, 8)], 2))).toEqual(['all came']);
    expect(rules(checkBarrier([pass('a', 1, null), pass('a', 2, 4)], 2))).toEqual(['all came']);
  });

  it('of one gate: rejects who passes while it is closed', () => {
    const closed: Closure = { gate: 'g', callNs: 1, returnNs: 3, releasedNs: 10 };
    const cross = (callNs: number, returnNs: number): Crossing => ({
      gate: 'g',
      participant: 'a',
      callNs,
      returnNs,
    });
    expect(checkGate([closed], [cross(2, 4), cross(4, 11)])).toEqual([]);
    expect(rules(checkGate([closed], [cross(4, 9)]))).toEqual(['closed']);
    expect(rules(checkGate([{ ...closed, releasedNs: null }], [cross(4, 90)]))).toEqual(['closed']);
  });
});

describe('followers', () => {
  const view = (follower: string, revision: number, content: string): View => ({
    follower,
    revision,
    content,
  });

  it('accepts views that grow and end alike', () => {
    const views = [
      view('a', 2, 'x'),
      view('b', 2, 'x'),
      view('a', 4, 'z'),
      view('b', 3, 'y'),
      view('b', 4, 'z'),
    ];
    expect(checkFollowers(views, { content: 'z', followers: ['a', 'b'] })).toEqual([]);
  });

  it('rejects going back, two contents of one revision, and another end', () => {
    expect(rules(checkFollowers([view('a', 4, 'z'), view('a', 3, 'y')], null))).toEqual(['never back']);
    expect(rules(checkFollowers([view('a', 4, 'z'), view('b', 4, 'y')], null))).toEqual(['one content']);
    const end = { content: 'z', followers: ['a', 'b'] };
    expect(rules(checkFollowers([view('a', 4, 'z'), view('b', 3, 'y')], end))).toEqual(['arrives']);
    expect(rules(checkFollowers([view('a', 4, 'z')], end))).toEqual(['arrives']);
  });
});

describe('transactions', () => {
  const read = (key: string, modRevision: number): { key: string; modRevision: number } => ({
    key,
    modRevision,
  });

  it('accepts an order by revisions', () => {
    const first = { revision: 5, reads: [read('x', 0)], writes: ['x'] };
    const second = { revision: 6, reads: [read('x', 5)], writes: ['x', 'y'] };
    const look = { revision: 6, reads: [read('x', 6), read('y', 6)], writes: [] };
    expect(checkTransactions([second, first, look])).toEqual([]);
  });

  it('rejects a lost update, write skew, and a read that mixes revisions', () => {
    const first = { revision: 5, reads: [read('x', 2)], writes: ['x'] };
    expect(rules(checkTransactions([first, { ...first, revision: 6 }]))).toEqual(['serializable']);
    const skew = [
      { revision: 5, reads: [read('x', 2), read('y', 3)], writes: ['x'] },
      { revision: 6, reads: [read('x', 2), read('y', 3)], writes: ['y'] },
    ];
    expect(rules(checkTransactions(skew))).toEqual(['serializable']);
    expect(rules(checkTransactions([first, { revision: 5, reads: [read('x', 2)], writes: [] }]))).toEqual([
      'serializable',
    ]);
  });

  it('rejects what was read of later, and a revision of two', () => {
    const early = { revision: 5, reads: [read('x', 5)], writes: ['y'] };
    expect(rules(checkTransactions([early]))).toEqual(['nothing of later']);
    expect(rules(checkTransactions([{ revision: 5, reads: [read('x', 6)], writes: [] }]))).toEqual([
      'nothing of later',
    ]);
    expect(checkTransactions([{ revision: 5, reads: [read('x', 5)], writes: [] }])).toEqual([]);
    const two = [
      { revision: 5, reads: [], writes: ['x'] },
      { revision: 5, reads: [], writes: ['y'] },
    ];
    expect(rules(checkTransactions(two))).toEqual(['own revision']);
  });

  it('of money: rejects another sum and an overdraft', () => {
    expect(checkBalances([{ revision: 3, amounts: [40, 60] }], 100)).toEqual([]);
    expect(rules(checkBalances([{ revision: 3, amounts: [40, 50] }], 100))).toEqual(['the sum']);
    expect(rules(checkBalances([{ revision: 3, amounts: [-40, 140] }], 100))).toEqual(['no overdraft']);
  });
});

describe('registrations', () => {
  const life = (over: Partial<Registration>): Registration => ({
    instance: 's',
    ttlNs: 10,
    renewedNs: 100,
    crashedNs: 101,
    leftNs: null,
    ...over,
  });
  const see = (listed: boolean, ns: number): Sighting => ({ watcher: 'w', instance: 's', listed, ns });
  const limits = { calmNs: 50, slackNs: 5 };

  it('accepts who goes between its time to live and the bound, or when the cluster is well again', () => {
    expect(checkRegistrations([life({})], [see(true, 90), see(false, 112)], limits)).toEqual([]);
    const late = [see(true, 90), see(false, 190)];
    expect(checkRegistrations([life({})], late, { ...limits, calmNs: 190 })).toEqual([]);
    expect(checkRegistrations([life({})], late, { ...limits, calmNs: null })).toEqual([]);
    expect(checkRegistrations([life({ crashedNs: null, leftNs: 95 })], [see(false, 96)], limits)).toEqual([]);
  });

  it('rejects who goes too soon, too late or never', () => {
    expect(rules(checkRegistrations([life({})], [see(true, 90), see(false, 109)], limits))).toEqual([
      'not before its time',
    ]);
    expect(rules(checkRegistrations([life({})], [see(true, 90), see(false, 190)], limits))).toEqual([
      'gone in time',
    ]);
    expect(rules(checkRegistrations([life({})], [see(true, 90)], limits))).toEqual(['gone in time']);
    const alive = life({ crashedNs: null, renewedNs: 100 });
    expect(rules(checkRegistrations([alive], [see(true, 90), see(false, 105)], limits))).toEqual([
      'not before its time',
    ]);
  });
});

describe('a priority queue', () => {
  const put = (value: string, priority: number, callNs: number): PriorityOperation => ({
    kind: 'enqueue',
    value,
    priority,
    callNs,
    returnNs: callNs + 1,
  });
  const take = (
    value: string | null,
    priority: number,
    callNs: number,
    returnNs: number | null,
  ): PriorityOperation => ({
    kind: 'dequeue',
    value,
    priority,
    callNs,
    returnNs,
  });

  it('accepts the most urgent first, and what came too late', () => {
    const operations = [put('b', 2, 1), take('b', 2, 3, 6), put('a', 1, 4), take('a', 1, 7, 8)];
    expect(checkPriorities(operations)).toEqual([]);
  });

  it('rejects what was taken over something more urgent, unless a lost dequeue may have that', () => {
    const operations = [put('a', 1, 1), put('b', 2, 1), take('b', 2, 3, 6)];
    expect(rules(checkPriorities(operations))).toEqual(['most urgent first']);
    expect(rules(checkPriorities([...operations, take('a', 1, 7, 8)]))).toEqual(['most urgent first']);
    expect(checkPriorities([...operations, take(null, 0, 2, null)])).toEqual([]);
  });

  it('rejects what was put later and taken sooner among equals', () => {
    const [first, second] = [put('a', 1, 1), put('b', 1, 5)];
    const wrong = [put('c', 2, 0), first, second, take('b', 1, 10, 11), take('a', 1, 12, 13)];
    expect(rules(checkPriorities(wrong))).toEqual(['first in, first out']);
    expect(checkPriorities(wrong)[0]?.involved).toEqual([1, 2, 3, 4]);
    expect(checkPriorities([first, second, take('a', 1, 10, 11), take('b', 1, 12, 13)])).toEqual([]);
  });
});

describe('observers of an election', () => {
  const see = (token: number, modRevision: number, value: string): ObservedLeader => ({
    election: 'e',
    observer: 'o',
    token,
    modRevision,
    value,
  });
  const proclaimed = ['a', 'a2', 'b'].map((value) => ({ election: 'e', value }));

  it('accepts leaders in order', () => {
    expect(checkObservers(proclaimed, [see(5, 5, 'a'), see(5, 6, 'a2'), see(7, 7, 'b')])).toEqual([]);
  });

  it('rejects a leader that comes back, an older value, and one that nobody proclaimed', () => {
    expect(rules(checkObservers(proclaimed, [see(7, 7, 'b'), see(5, 6, 'a2')]))).toEqual([
      'leaders in order',
    ]);
    expect(rules(checkObservers(proclaimed, [see(5, 6, 'a2'), see(5, 5, 'a')]))).toEqual(['never back']);
    expect(rules(checkObservers(proclaimed, [see(7, 7, 'c')]))).toEqual(['no inventions']);
  });
});
