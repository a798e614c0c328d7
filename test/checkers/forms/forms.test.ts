import { describe, expect, it } from 'vitest';
import { recipeNames } from '../../../sim/checkers/forms/index.ts';
import { HistoryFormatError } from '../../../sim/checkers/history/log_pairing.ts';
import { type Judgement, judgeRecorded, parseRecorded } from '../../../sim/checkers/judge.ts';

interface Case {
  readonly head: Record<string, unknown> & { readonly recipe: string };
  readonly good: readonly object[];
  /** Behind the good lines each of these is a lie, in these words. */
  readonly lies: readonly (readonly [object, string])[];
}

const a = { id: 'a' };
const b = { id: 'b' };
const fileOf = (value: string, index: number) => ({
  key: '/k',
  value,
  createdIndex: 3,
  modifiedIndex: index,
});

const cases: readonly Case[] = [
  {
    head: { recipe: 'queue', drained: true },
    good: [
      { type: 'enqueue', value: 'x', call: 0, return: 1 },
      { type: 'dequeue', value: 'x', call: 2, return: 3 },
      { type: 'dequeue', value: null, call: 4, return: 5 },
    ],
    lies: [[{ type: 'dequeue', value: 'x', call: 4, return: 5 }, 'x was taken twice']],
  },
  {
    head: { recipe: 'priorityQueue' },
    good: [
      { type: 'enqueue', value: 'late', priority: 7, call: 0, return: 1 },
      { type: 'enqueue', value: 'soon', priority: 1, call: 2, return: 3 },
      { type: 'dequeue', call: 0, return: 1 },
    ],
    lies: [
      [
        { type: 'dequeue', value: 'late', priority: 7, call: 4, return: 5 },
        'late of priority 7 was taken while soon of priority 1 waited',
      ],
      [
        { type: 'dequeue', value: 'other', priority: 0, call: 4, return: 5 },
        'other was taken, but nobody put it',
      ],
      [{ type: 'dequeue', call: 4, return: 5 }, 'somebody found the queue empty while late was in it'],
    ],
  },
  {
    head: { recipe: 'lock' },
    good: [
      { type: 'hold', resource: 'l', owner: 'x', token: 5, call: 0, return: 1, released: 2 },
      { type: 'use', resource: 'l', token: 5, at: 1, accepted: true },
      { type: 'hold', resource: 'l', owner: 'y', token: 7, call: 1, return: 4, released: null },
      { type: 'use', resource: 'l', token: 7, at: 4, accepted: true },
      { type: 'sure', resource: 'l', owner: 'y', token: 7, from: 4, until: 20 },
    ],
    lies: [
      [
        { type: 'hold', resource: 'l', owner: 'z', token: 7, call: 5, return: 6 },
        'y and z both got l with token 7',
      ],
      [{ type: 'use', resource: 'l', token: 5, at: 9, accepted: true }, 'l accepted token 5 after token 7'],
      [{ type: 'sure', resource: 'l', owner: 'z', token: 9, from: 8, until: 9 }, 'z got l (token 9) while y'],
    ],
  },
  {
    head: { recipe: 'election' },
    good: [
      { type: 'win', election: 'e', owner: 'x', token: 5, call: 0, return: 1, released: 2 },
      { type: 'win', election: 'e', owner: 'y', token: 8, call: 3, return: 4 },
      { type: 'proclaim', election: 'e', value: 'x1' },
      { type: 'proclaim', election: 'e', value: 'y1' },
      { type: 'observe', election: 'e', observer: 'o', token: 5, modRevision: 6, value: 'x1' },
      { type: 'observe', election: 'e', observer: 'o', token: 8, modRevision: 8, value: 'y1' },
    ],
    lies: [
      [
        { type: 'observe', election: 'e', observer: 'o', token: 5, modRevision: 9, value: 'x1' },
        'o saw the leader of token 5 of e after that of 8',
      ],
      [
        { type: 'observe', election: 'e', observer: 'p', token: 8, modRevision: 9, value: 'z' },
        "p saw z as the leader's word in e, which nobody said",
      ],
      [
        { type: 'win', election: 'e', owner: 'z', token: 6, call: 9, return: 10 },
        'z got e with token 6 after y',
      ],
    ],
  },
  {
    head: { recipe: 'barrier', count: 2 },
    good: [
      { type: 'pass', round: 'r', participant: 'x', call: 0, return: 5 },
      { type: 'pass', round: 'r', participant: 'y', call: 4, return: 6 },
      { type: 'close', gate: 'g', call: 0, return: 1, released: 8 },
      { type: 'cross', gate: 'g', participant: 'x', call: 3, return: 9 },
    ],
    lies: [
      [{ type: 'pass', round: 's', participant: 'x', call: 0, return: 5 }, 'x passed s when 1 of 2 had come'],
      [
        { type: 'cross', gate: 'g', participant: 'y', call: 3, return: 4 },
        'y came to g and passed while it was closed',
      ],
    ],
  },
  {
    head: { recipe: 'stm', sum: 10 },
    good: [
      { type: 'commit', revision: 4, reads: [{ key: 'x', modRevision: 2 }], writes: ['x', 'y'] },
      { type: 'commit', revision: 5, reads: [{ key: 'x', modRevision: 4 }], writes: [] },
      { type: 'balance', revision: 5, amounts: [3, 7] },
    ],
    lies: [
      [
        { type: 'commit', revision: 6, reads: [{ key: 'x', modRevision: 2 }], writes: ['z'] },
        'read x of revision 2 and committed at 6, but another changed x at 4',
      ],
      [{ type: 'balance', revision: 5, amounts: [3, 8] }, 'the accounts hold 11 instead of 10'],
    ],
  },
  {
    head: { recipe: 'discovery', calm: 100, slack: 0 },
    good: [
      { type: 'registration', instance: 'i', ttl: 50, renewed: 60, crashed: 70, left: null },
      { type: 'sighting', watcher: 'w', instance: 'i', listed: true, at: 10 },
      { type: 'sighting', watcher: 'w', instance: 'i', listed: false, at: 115 },
    ],
    lies: [
      [
        { type: 'sighting', watcher: 'v', instance: 'i', listed: true, at: 20 },
        'v had i on its list to the end',
      ],
      [{ type: 'sighting', watcher: 'v', instance: 'i', listed: false, at: 90 }, 'v saw i go'],
    ],
  },
  {
    head: { recipe: 'followers', last: 'B', followers: ['f'] },
    good: [
      { type: 'view', follower: 'f', revision: 3, content: 'A' },
      { type: 'view', follower: 'f', revision: 5, content: 'B' },
    ],
    lies: [
      [{ type: 'view', follower: 'f', revision: 4, content: 'B' }, 'f had revision 5 and went back to 4'],
      [{ type: 'view', follower: 'g', revision: 3, content: 'C' }, 'at revision 3 g had C, but f A'],
      [{ type: 'view', follower: 'f', revision: 6, content: 'C' }, 'f ended with C instead of B'],
    ],
  },
  {
    head: { recipe: 'permissions' },
    good: [
      { type: 'change', user: 'u', key: 'k', access: 'read', allowed: true, call: 0, return: 1 },
      { type: 'attempt', user: 'u', key: 'k', access: 'read', succeeded: true, call: 2, return: 3 },
      { type: 'change', user: 'u', key: 'k', access: 'read', allowed: false, call: 4, return: 5 },
      {
        type: 'attempt',
        user: 'u',
        key: 'k',
        access: 'read',
        succeeded: true,
        serializable: true,
        call: 6,
        return: 7,
      },
    ],
    lies: [
      [
        { type: 'attempt', user: 'u', key: 'k', access: 'read', succeeded: true, call: 6, return: 7 },
        'u could read k although that was not allowed',
      ],
      [
        {
          type: 'attempt',
          user: 'u',
          key: 'k',
          access: 'write',
          succeeded: true,
          serializable: true,
          call: 6,
          return: 7,
        },
        'u could write k although that was not allowed',
      ],
      [
        { type: 'attempt', user: 'u', key: 'k', access: 'read', succeeded: false, call: 2, return: 3 },
        'u was refused to read k although that was allowed',
      ],
    ],
  },
  {
    head: { recipe: 'membership', members: [a] },
    good: [
      {
        type: 'add',
        learner: true,
        call: 0,
        return: 1,
        newId: 'b',
        members: [a, { id: 'b', learner: true }],
      },
      { type: 'promote', id: 'b', call: 2, return: 3, members: [a, b] },
      { type: 'remove', id: 'a', call: 4, return: null },
      { type: 'list', call: 6, return: 7, members: [b] },
      { type: 'list', stale: true, call: 8, return: 9, members: [a, b] },
      { type: 'promote', id: 'c', call: 8, return: 9, error: 'notFound' },
      { type: 'end', member: 'n2', members: [b] },
    ],
    lies: [
      [{ type: 'list', call: 8, return: 9, members: [a, b] }, 'member list() = [a, b]'],
      [{ type: 'list', stale: true, call: 8, return: 9, members: [] }, 'member list(stale) = []'],
      [{ type: 'add', call: 8, return: 9, newId: 'a', members: [a, b] }, 'no place in any order'],
      [{ type: 'end', member: 'n1', members: [a, b] }, 'no place in any order'],
    ],
  },
  {
    head: { recipe: 'v2' },
    good: [
      { type: 'create', key: '/k', value: 'x', call: 0, return: 1, node: fileOf('x', 3) },
      { type: 'create', key: '/k', value: 'y', call: 2, return: 3, error: 105 },
      {
        type: 'compareAndSwap',
        key: '/k',
        value: 'y',
        prevValue: 'x',
        call: 4,
        return: 5,
        node: fileOf('y', 5),
        prevNode: fileOf('x', 3),
      },
      { type: 'get', key: '/k', call: 6, return: 7, node: fileOf('y', 5) },
      { type: 'get', key: '/k', stale: true, call: 6, return: 7, node: fileOf('x', 3) },
      {
        type: 'watch',
        key: '/k',
        waitIndex: 3,
        etcdIndex: 5,
        stream: true,
        call: 6,
        return: 7,
        events: [{ action: 'create', node: fileOf('x', 3), prevNode: null, at: 7 }],
      },
      {
        type: 'watch',
        key: '/',
        recursive: true,
        waitIndex: 2,
        etcdIndex: 2000,
        call: 6,
        return: 7,
        error: 401,
      },
    ],
    lies: [
      [
        {
          type: 'watch',
          key: '/k',
          waitIndex: 3,
          call: 6,
          return: 7,
          events: [{ action: 'compareAndSwap', node: fileOf('y', 5), prevNode: fileOf('x', 3), at: 7 }],
        },
        'it heard of compareAndSwap(/k, "y") of index 5, but not of create(/k, "x") of index 3',
      ],
      [
        { type: 'watch', key: '/k', waitIndex: 3, etcdIndex: 5, call: 6, return: 7, error: 401 },
        'it was told that index 3 is cleared, but at index 5 the events from 1 on are kept',
      ],
      [{ type: 'get', key: '/k', call: 8, return: 9, node: fileOf('x', 3) }, 'get(/k) = "x" of index 3'],
      [
        {
          type: 'compareAndDelete',
          key: '/k',
          prevIndex: 3,
          call: 8,
          return: 9,
          node: { key: '/k', modifiedIndex: 6 },
        },
        'compareAndDelete(/k, if index 3)',
      ],
      [
        { type: 'set', key: '/q', value: '1', call: 8, return: 9, node: { key: '/q', modifiedIndex: 4 } },
        'set(/q, "1") of index 4',
      ],
      [{ type: 'get', key: '/k', call: 8, return: 9, error: 100 }, 'error 100'],
    ],
  },
];

function judge(head: object, lines: readonly object[]): Judgement {
  const text = [{ type: 'recipe', ...head }, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
  return judgeRecorded(parseRecorded(text), { stepsMax: 100_000 });
}

describe('histories of recipes', () => {
  it('are there for every recipe', () => {
    expect(cases.map(({ head }) => head.recipe).sort()).toEqual([...recipeNames].sort());
  });

  for (const { head, good, lies } of cases) {
    it(`of a ${head.recipe} that is right are accepted`, () => {
      const { verdict, violations, model } = judge(head, good);
      expect(violations.map(({ sentence }) => sentence)).toEqual([]);
      expect([verdict, model]).toEqual(['linearizable', head.recipe]);
    });

    for (const [line, words] of lies) {
      it(`of a ${head.recipe} are rejected: ${words}`, () => {
        const { verdict, violations } = judge(head, [...good, line]);
        expect(verdict).toBe('violation');
        expect(violations.map(({ sentence }) => sentence).join('\n')).toContain(words);
        const told = violations.some(({ lines, data }) => lines.length > 0 || data !== undefined);
        expect(told).toBe(true);
      });
    }
  }

  it.each([
    [{ recipe: 'stack' }, {}, 'line 1: expected field recipe to be one of queue, priorityQueue'],
    [{ recipe: 'lock', drained: true }, {}, 'line 1: expected no field drained'],
    [{ recipe: 'barrier', count: 0 }, {}, 'line 1: expected field count to be at least 1, found'],
    [{ recipe: 'election' }, { type: 'win', election: 'e' }, 'line 2: expected field owner to be a text'],
    [
      { recipe: 'stm' },
      { type: 'commit', revision: 3, reads: [], writes: [1] },
      'field writes to be a list of texts',
    ],
    [{ recipe: 'v2' }, { type: 'get', key: 'k', call: 0 }, 'field key to be a path that begins with /'],
    [{ recipe: 'v2' }, { type: 'get', key: '/k', call: 0, status: 'ok' }, 'field return to be a time'],
    [{ recipe: 'v2' }, { type: 'watch', key: 'k', call: 0 }, 'field key to be a path that begins with /'],
    [
      { recipe: 'v2' },
      { type: 'watch', key: '/k', call: 5, events: [{ action: 'set', node: fileOf('x', 3), at: 4 }] },
      'field events to be at 5 or later, when the watch began, found at 4 in events[0]',
    ],
    [
      { recipe: 'v2' },
      { type: 'watch', key: '/k', call: 5, events: [{ action: 'get', node: fileOf('x', 3), at: 6 }] },
      'field events[0].action to be one of create, set, update',
    ],
    [{ recipe: 'membership', members: [{}] }, {}, 'field members[0].id to be a text'],
    [{ recipe: 'permissions' }, { type: 'grant' }, 'field type to be one of change, attempt'],
  ])('name the line and the field that are wrong: %j', (head, line, message) => {
    expect(() => judge(head, [line])).toThrow(HistoryFormatError);
    expect(() => judge(head, [line])).toThrow(message);
  });
});
