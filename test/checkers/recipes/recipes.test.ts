import { describe, expect, it } from 'vitest';
import {
  type Attempt,
  type PermissionChange,
  checkAuthWindows,
} from '../../../sim/checkers/recipes/auth_windows.ts';
import { type Hold, type Use, checkExclusion } from '../../../sim/checkers/recipes/mutual_exclusion.ts';
import { checkQueue } from '../../../sim/checkers/recipes/queue.ts';
import type { QueueOperation } from '../../../sim/checkers/recipes/queue_operation.ts';

const rules = (found: readonly { readonly rule: string }[]): string[] => found.map(({ rule }) => rule);

describe('mutual exclusion by fencing token', () => {
  const hold = (
    owner: string,
    token: number,
    callNs: number,
    returnNs: number,
    releasedNs: number | null,
  ): Hold => ({
    resource: 'lock',
    owner,
    token,
    callNs,
    returnNs,
    releasedNs,
  });
  const use = (token: number, ns: number, accepted = true): Use => ({
    resource: 'lock',
    token,
    ns,
    accepted,
  });

  it('accepts owners one after the other, and two that overlap, which nobody promised not to', () => {
    const holds = [hold('a', 5, 0, 1, 10), hold('b', 7, 2, 11, 20)];
    expect(checkExclusion(holds, [use(5, 2), use(7, 12)])).toEqual({ violations: [], overlaps: 0 });
    const paused = [hold('a', 5, 0, 1, null), hold('b', 7, 2, 11, 20)];
    expect(checkExclusion(paused, [use(5, 2), use(7, 12), use(5, 13, false)])).toEqual({
      violations: [],
      overlaps: 1,
    });
  });

  it('rejects a token given twice, tokens that go back, and a lower one accepted after a higher', () => {
    expect(rules(checkExclusion([hold('a', 5, 0, 1, 3), hold('b', 5, 4, 5, 6)], []).violations)).toEqual([
      'unique token',
    ]);
    expect(rules(checkExclusion([hold('a', 9, 0, 1, 3), hold('b', 5, 4, 5, 6)], []).violations)).toEqual([
      'growing tokens',
    ]);
    expect(rules(checkExclusion([], [use(5, 1), use(7, 2), use(5, 3)]).violations)).toEqual(['fencing']);
  });
});

describe('a queue', () => {
  const put = (value: string, callNs: number, returnNs: number | null = callNs + 1): QueueOperation => ({
    kind: 'enqueue',
    value,
    callNs,
    returnNs,
  });
  const take = (
    value: string | null,
    callNs: number,
    returnNs: number | null = callNs + 1,
  ): QueueOperation => ({ kind: 'dequeue', value, callNs, returnNs });

  it('is accepted with concurrent puts in any order and lost answers', () => {
    expect(checkQueue([put('a', 0), put('b', 10), take('a', 20), take('b', 30)], true)).toEqual([]);
    expect(checkQueue([put('a', 0, 50), put('b', 10, 50), take('b', 60), take('a', 70)], true)).toEqual([]);
    expect(checkQueue([put('a', 0), put('b', 10, null), take(null, 20, null)], true)).toEqual([]);
  });

  it('is rejected for what is taken twice, never put, lost, or out of order', () => {
    expect(rules(checkQueue([put('a', 0), take('a', 10), take('a', 20)], true))).toEqual(['once']);
    expect(rules(checkQueue([take('a', 10)], true))).toEqual(['no inventions']);
    expect(rules(checkQueue([put('a', 20), take('a', 10)], true))).toEqual(['no inventions']);
    expect(rules(checkQueue([put('a', 0)], true))).toEqual(['nothing lost']);
    expect(rules(checkQueue([put('a', 0), put('b', 10), take('b', 20), take('a', 30)], true))).toEqual([
      'first in, first out',
    ]);
  });

  it('is rejected where somebody found it empty that was not', () => {
    const none = take(null, 20, 30);
    expect(checkQueue([none], true)).toEqual([]);
    expect(rules(checkQueue([put('a', 0), none, take('a', 40)], true))).toEqual(['not empty']);
    expect(rules(checkQueue([put('a', 0), none], false))).toEqual(['not empty']);
    // It may have come, or gone, in the meantime.
    expect(checkQueue([put('a', 0, 25), none, take('a', 40)], true)).toEqual([]);
    expect(checkQueue([put('a', 0, null), none, take('a', 40)], true)).toEqual([]);
    expect(checkQueue([put('a', 0), none, take('a', 25, 50)], true)).toEqual([]);
    expect(checkQueue([put('a', 0), none, take(null, 10, null)], false)).toEqual([]);
    expect(rules(checkQueue([put('a', 0), none, take(null, 31, null)], false))).toEqual(['not empty']);
    const two = [put('a', 0), put('b', 5), take('a', 10), none, take('b', 40)];
    expect(rules(checkQueue(two, true))).toEqual(['not empty']);
  });
});

describe('permissions', () => {
  const change = (allowed: boolean, callNs: number, returnNs: number | null): PermissionChange => ({
    user: 'u',
    key: 'k',
    access: 'read',
    allowed,
    callNs,
    returnNs,
  });
  const attempt = (succeeded: boolean, callNs: number, returnNs: number): Attempt => ({
    user: 'u',
    key: 'k',
    access: 'read',
    succeeded,
    callNs,
    returnNs,
  });
  const changes = [change(true, 10, 20), change(false, 50, 60)];

  it('hold from some moment of their change on', () => {
    const fine = [
      attempt(false, 0, 5),
      attempt(true, 15, 16),
      attempt(false, 15, 16),
      attempt(true, 30, 40),
      attempt(true, 30, 55),
      attempt(false, 70, 80),
    ];
    expect(checkAuthWindows(changes, fine)).toEqual([]);
    expect(
      checkAuthWindows([...changes, change(true, 65, null)], [attempt(true, 90, 95), attempt(false, 90, 95)]),
    ).toEqual([]);
  });

  it('leave no window after a revoke, and none before a grant', () => {
    expect(rules(checkAuthWindows(changes, [attempt(true, 61, 70)]))).toEqual(['no window']);
    expect(rules(checkAuthWindows(changes, [attempt(true, 0, 5)]))).toEqual(['no window']);
    expect(rules(checkAuthWindows(changes, [attempt(false, 30, 40)]))).toEqual(['no wrongful refusal']);
    expect(rules(checkAuthWindows(changes, [{ ...attempt(true, 30, 40), access: 'write' }]))).toEqual([
      'no window',
    ]);
  });
});
