/** `detcd check` of folders as etcd's robustness suite writes them, and of what is wrong with them. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { detcdHere } from '../cli/run_here.ts';

let root = '';

function put(client: number, key: string, value: string, call: number, revision: number): object {
  return {
    ClientId: client,
    Input: {
      Type: 'txn',
      Txn: {
        OperationsOnSuccess: [{ Type: 'put-operation', Put: { Key: key, Value: { Value: value } } }],
      },
    },
    Call: call,
    Output: { Txn: { Results: [{}] }, Revision: revision, Error: '' },
    Return: call + 5,
  };
}

function get(
  client: number,
  key: string,
  value: string,
  call: number,
  revision: number,
  modRevision: number,
): object {
  return {
    ClientId: client,
    Input: { Type: 'range', Range: { Start: key } },
    Call: call,
    Output: {
      Range: { KVs: [{ Key: key, Value: { Value: value }, ModRevision: modRevision }], Count: 1 },
      Revision: revision,
      Error: '',
    },
    Return: call + 5,
  };
}

function watch(value: string): object {
  const event = { Type: 'put-operation', Key: 'a', Value: { Value: value }, Revision: 2, IsCreate: true };
  return {
    Request: { Key: 'a', Revision: 1, WithPrefix: false, WithProgressNotify: true, WithPrevKV: false },
    Responses: [
      { Events: [event], IsProgressNotify: false, Revision: 2, Time: 20 },
      { Events: null, IsProgressNotify: true, Revision: 3, Time: 60 },
    ],
  };
}

/** A report: per client the lines of its operations and of its watches, objects or texts. */
function report(
  name: string,
  clients: Record<string, { operations?: readonly unknown[]; watches?: readonly unknown[] }>,
): string {
  const folder = join(root, name);
  mkdirSync(folder);
  const lines = (items: readonly unknown[]): string =>
    items.map((each) => `${typeof each === 'string' ? each : JSON.stringify(each)}\n`).join('');
  for (const [client, { operations, watches }] of Object.entries(clients)) {
    mkdirSync(join(folder, client));
    if (operations !== undefined) writeFileSync(join(folder, client, 'operations.json'), lines(operations));
    if (watches !== undefined) writeFileSync(join(folder, client, 'watch.json'), lines(watches));
  }
  return folder;
}

const first = [put(1, 'a', 'x', 10, 2), put(1, 'b', 'y', 40, 3)];

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'detcd-reports-'));
});
afterAll(() => rmSync(root, { recursive: true }));

describe('detcd check FOLDER', () => {
  it('joins the clients of a report, and judges their watches', () => {
    const folder = report('right', {
      'client-1': { operations: first },
      'client-2': { operations: [get(2, 'a', 'x', 20, 2, 2)] },
      'client-10': { watches: [watch('x')] },
    });
    const { code, out, err } = detcdHere('check', folder, '--json');
    expect([code, err]).toEqual([0, '']);
    const [judged] = (
      JSON.parse(out) as {
        files: { operations: number; form: string; checks: { name: string; detail: string }[] }[];
      }
    ).files;
    expect(judged).toMatchObject({ operations: 3, form: "etcd's robustness report" });
    expect(judged?.checks.find(({ name }) => name === 'watch: reliable')?.detail).toBe('1 event of 1 watch');
  });

  it('takes the folder of a single client', () => {
    const folder = report('single', { 'client-1': { operations: first } });
    expect(detcdHere('check', join(folder, 'client-1')).code).toBe(0);
  });

  it('tells a lie between two clients, in words, as a page and as data', () => {
    const folder = report('stale', {
      'client-1': { operations: first },
      'client-2': { operations: [get(2, 'b', 'other', 60, 3, 3)] },
    });
    const page = join(root, 'page.html');
    const { code, out } = detcdHere('check', folder, '--explain', '--html', page);
    expect(code).toBe(1);
    expect(out).toContain('client 2');
    expect(readFileSync(page, 'utf8')).toContain('other');
    const { violations } = (
      JSON.parse(detcdHere('check', folder, '--json').out) as { files: { violations: { data: unknown }[] }[] }
    ).files[0] as { violations: { data: unknown }[] };
    expect(violations[0]?.data).toBeTruthy();
  });

  it('tells what a watch heard that nobody wrote', () => {
    const folder = report('phantom', { 'client-1': { operations: first, watches: [watch('z')] } });
    const { code, out } = detcdHere('check', folder);
    expect(code).toBe(1);
    expect(out).toContain('watch 1 of client-1');
  });

  it('tells what is wrong with a report, by file and line, with exit code 2', () => {
    const cut = report('cut', { 'client-1': { operations: [...first, '{"ClientId":1,"Inp'] } });
    const odd = report('odd', {
      'client-1': { operations: [{ ClientId: 1, Input: { Type: 'fly' }, Call: 1 }] },
    });
    const heard = report('heard', { 'client-1': { operations: first, watches: [{ Request: {} }] } });
    const none = report('none', { 'client-1': {}, other: { operations: first } });
    for (const [folder, message] of [
      [
        cut,
        join('client-1', 'operations.json: line 3: expected a whole JSON object, found one that breaks off'),
      ],
      [odd, join('client-1', 'operations.json: line 1: expected field Input.Type to be one of range')],
      [heard, join('client-1', 'watch.json: line 1: expected field Request.Key to be a text')],
      [none, "expected a report of etcd's robustness suite"],
      [join(root, 'absent'), "can't read it: no such file or directory"],
    ] as const) {
      const { code, err, out } = detcdHere('check', folder);
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain(message);
      expect(err).not.toContain(' at ');
    }
  });
});
