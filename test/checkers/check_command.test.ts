import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeJsonLines } from '../../sim/checkers/history/json_lines.ts';
import { detcdHere } from '../cli/run_here.ts';
import { drawFrom } from './linearizability/histories.ts';
import { realStoreHistory } from './store/real_store.ts';

let folder = '';
const file = (name: string): string => join(folder, name);

const shape = {
  operations: 200,
  clients: 4,
  keys: 4,
  unknownPer1000: 10,
  values: 0,
  puts: 30,
  gets: 30,
  swaps: 10,
  deletes: 10,
  rich: true,
};
const good = realStoreHistory(shape, drawFrom(3));
const bad = good.map((each) => {
  const { input, outcome } = each;
  const lied =
    input.kind === 'put' && outcome.status === 'ok' && outcome.output.kind === 'put' && each.id > 100;
  return lied
    ? { ...each, outcome: { status: 'ok' as const, output: { kind: 'put' as const, revision: 2 } } }
    : each;
});
const jepsen = 'INFO  jepsen.util - 0\t:invoke\t:write\t3\nINFO  jepsen.util - 0\t:ok\t:write\t3\n';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'detcd-check-'));
  writeFileSync(file('good.jsonl'), writeJsonLines({ operations: good, watches: [] }));
  writeFileSync(file('bad.jsonl'), writeJsonLines({ operations: bad, watches: [] }));
  writeFileSync(file('jepsen.log'), jepsen);
  writeFileSync(
    file('broken.jsonl'),
    '{"type":"history","format":"detcd","version":1}\n{"type":"operation"}\n',
  );
  writeFileSync(file('foreign.txt'), 'hello\n');
  writeFileSync(file('nothing.jsonl'), '');
  writeFileSync(file('junk.bin'), Buffer.from([0x81, 0x00, 0xff, 0x9c, 0x0a, 0x01]));
  const head = '{"type":"history","format":"detcd","version":1}\n';
  const whole = writeJsonLines({ operations: good, watches: [] });
  writeFileSync(file('cut.jsonl'), whole.slice(0, -10));
  writeFileSync(file('marked.jsonl'), `\uFEFF${whole}`);
  writeFileSync(file('huge.jsonl'), `${head}{"type":"operation","x":"${'y'.repeat(5_000_000)}"}\n`);
  writeFileSync(
    file('long.jsonl'),
    `{"type":"recipe","recipe":"queue","drained":true}\n{"type":"enqueue","value":"${'y'.repeat(100_000)}","call":0,"return":1}\n`,
  );
  writeFileSync(file('half.edn'), '{:process 0, :type :invoke, :f :write, :value ');
  mkdirSync(file('empty'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('detcd check FILE...', () => {
  it('gives each file a line, several a total, and the worst an exit code', () => {
    const one = detcdHere('check', file('good.jsonl'));
    expect(one).toMatchObject({ code: 0, err: '' });
    expect(one.out).toMatch(/^LINEARIZABLE {2}.*good\.jsonl {2}200 operations, detcd JSON lines\n$/);
    const all = detcdHere('check', file('good.jsonl'), file('bad.jsonl'), file('jepsen.log'));
    expect(all.code).toBe(1);
    expect(all.out).toMatch(/VIOLATION .*bad\.jsonl/);
    expect(all.out).toMatch(/both got\s+revision 2/);
    expect(all.out).toMatch(/3 files: 2 linearizable, 1 not, 0 undecided\n$/);
  });

  it('answers 3 where it can not tell', () => {
    const operations = good.map((each) =>
      each.outcome.status === 'ok' && each.input.kind === 'txn' && each.outcome.output.kind === 'txn'
        ? {
            ...each,
            outcome: {
              status: 'ok' as const,
              output: {
                kind: 'txn' as const,
                succeeded: each.outcome.output.succeeded,
                results: each.outcome.output.results,
              },
            },
          }
        : each,
    );
    writeFileSync(file('silent.jsonl'), writeJsonLines({ operations, watches: [] }));
    const { code, out } = detcdHere('check', file('silent.jsonl'));
    expect(code).toBe(3);
    expect(out).toContain('an answer carries no revision');
  });

  it('explains, prints JSON, and writes a page', () => {
    const { out } = detcdHere('check', file('bad.jsonl'), '--explain', '--html', file('page.html'));
    expect(out).toContain('The smallest contradiction has 2 operations:');
    expect(readFileSync(file('page.html'), 'utf8')).toContain('both got revision 2');
    const json = JSON.parse(detcdHere('check', file('bad.jsonl'), file('good.jsonl'), '--json').out) as {
      files: { verdict: string; violations: { data: { contradiction: number[] } }[] }[];
      total: unknown;
    };
    expect(json.files.map(({ verdict }) => verdict)).toEqual(['violation', 'linearizable']);
    expect(json.files[0]?.violations[0]?.data.contradiction.length).toBe(2);
    expect(json.total).toEqual({ linearizable: 1, violation: 1, unknown: 0 });
  });

  it.each([
    [['missing.log'], "missing.log: can't read it: no such file or directory"],
    [['foreign.txt'], 'foreign.txt: line 1: expected'],
    [['broken.jsonl'], 'broken.jsonl: line 2: expected field call to be two integers'],
    [['nothing.jsonl'], 'nothing.jsonl: line 1: expected detcd'],
    [['junk.bin'], 'found bytes that are no text'],
    [['cut.jsonl'], 'cut.jsonl: line 201: expected a whole JSON object, found one that breaks off'],
    [['huge.jsonl'], 'huge.jsonl: line 2: expected no field x (known: type, id,'],
    [['half.edn'], 'half.edn: line 1: expected "}", found the end of the line'],
    [['empty'], "empty: expected a report of etcd's robustness suite"],
    [['jepsen.log', '--model', 'store'], "--model store: Jepsen's log can only be judged as registers"],
    [
      ['good.jsonl', '--model', 'stack'],
      '--model: there is no model "stack". Known: store, registers, sessions, texts, queue, priorityQueue, lock,',
    ],
    [['good.jsonl', '--model', 'registers'], 'operations on more than one key'],
  ])('answers %j with a sentence and exit code 2', ([name, ...flags], message) => {
    const { code, err, out } = detcdHere('check', file(name as string), ...flags);
    expect(err).toContain(message);
    expect(out).toBe('');
    expect(code).toBe(2);
  });
});

describe('detcd check of odd files', () => {
  it('passes over a mark of the byte order', () => {
    expect(detcdHere('check', file('marked.jsonl'))).toMatchObject({ code: 0, err: '' });
  });

  it('cuts sentences that nobody would read to the end', () => {
    const { code, out } = detcdHere('check', file('long.jsonl'));
    expect(code).toBe(1);
    expect(out).toContain('(100,');
    expect(out.length).toBeLessThan(5000);
  });
});

describe('detcd run --history', () => {
  it('writes what detcd check accepts, by revisions and by values', () => {
    const path = file('run.jsonl');
    const args = [
      'run',
      'leader-isolated',
      '--seed',
      '3',
      '--members',
      '3',
      '--clients',
      '3',
      '--duration',
      '5s',
    ];
    expect(detcdHere(...args, '--no-out', '--history', path).code).toBe(0);
    expect(detcdHere('check', path)).toMatchObject({ code: 0 });
    expect(detcdHere('check', path, '--model', 'registers')).toMatchObject({ code: 0 });
  });
});

describe('detcd check of sessions and recipes', () => {
  const written = (name: string, lines: readonly object[]): string => {
    writeFileSync(file(name), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return file(name);
  };

  it('judges sessions alone', () => {
    expect(detcdHere('check', file('good.jsonl'), '--model', 'sessions')).toMatchObject({ code: 0 });
    const { code, out } = detcdHere('check', file('bad.jsonl'), '--model', 'sessions');
    expect(code).toBe(1);
    expect(out).toMatch(/in the same\s+session/);
  });

  it.each([
    [
      { recipe: 'queue', drained: true },
      [
        { type: 'enqueue', value: 'a', call: 0, return: 1 },
        { type: 'dequeue', value: 'a', call: 2, return: 3 },
      ],
      { type: 'dequeue', value: 'a', call: 4, return: 5 },
      'a was taken twice',
    ],
    [
      { recipe: 'lock' },
      [
        { type: 'hold', resource: 'l', owner: 'x', token: 5, call: 0, return: 1, released: 2 },
        { type: 'use', resource: 'l', token: 5, at: 1, accepted: true },
        { type: 'hold', resource: 'l', owner: 'y', token: 7, call: 1, return: 4, released: null },
      ],
      { type: 'hold', resource: 'l', owner: 'z', token: 7, call: 5, return: 6 },
      'y and z both got l with token 7',
    ],
    [
      { recipe: 'permissions' },
      [
        { type: 'change', user: 'u', key: 'k', access: 'read', allowed: true, call: 0, return: 1 },
        { type: 'attempt', user: 'u', key: 'k', access: 'read', succeeded: true, call: 2, return: 3 },
      ],
      { type: 'attempt', user: 'u', key: 'k', access: 'write', succeeded: true, call: 2, return: 3 },
      'u could write k although',
    ],
  ])('judges a recipe: %j', (head, lines, lie, sentence) => {
    const first = { type: 'recipe', ...head };
    const { recipe } = head;
    const path = written(`${recipe}.jsonl`, [first, ...lines]);
    expect(detcdHere('check', path, '--model', recipe)).toMatchObject({ code: 0, err: '' });
    const lied = detcdHere('check', written(`${recipe}-bad.jsonl`, [first, ...lines, lie]));
    expect(lied.code).toBe(1);
    expect(lied.out.replace(/\s+/g, ' ')).toContain(sentence);
    expect(detcdHere('check', path, '--model', 'store').err).toContain(`can only be judged as ${recipe}`);
    expect(detcdHere('check', written('odd.jsonl', [first, { type: 'x' }])).code).toBe(2);
  });
});
