import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { detcdHere } from './run_here.ts';

/** What clients are asked for by hand, on the command line. */
describe('detcd fork with calls', () => {
  let folder = '';
  let trace = '';
  const put = '{"kind":"call","client":1,"request":{"kind":"put","key":"a","value":"1"}}';
  const get = '{"kind":"call","client":2,"atMs":2200,"request":{"kind":"get","key":"a","via":3}}';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'detcd-calls-'));
    const run = detcdHere('run', 'empty-cluster', '--seed', '3', '--duration', '3s', '--out', folder);
    expect(run.code).toBe(0);
    trace = join(folder, 'trace.detcd');
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('makes them, and the fork replays to its digest', () => {
    const out = join(folder, 'forked');
    const forked = detcdHere(
      'fork',
      trace,
      '--at',
      '2s',
      '--intervene',
      put,
      '--intervene',
      get,
      '--out',
      out,
    );
    expect([forked.code, forked.err]).toEqual([0, '']);
    const path = join(out, 'trace.detcd');
    const replayed = JSON.parse(detcdHere('replay', path, '--json').out) as { same: boolean };
    expect(replayed.same).toBe(true);
  });

  it('says in a sentence what can not be asked for', () => {
    const refused = (request: string): string =>
      detcdHere('fork', trace, '--at', '2s', '--intervene', request).err;
    expect(refused(put.replace('"client":1', '"client":9'))).toContain(
      'call: expected client to be the number of a client (the run has clients 1 to 2), got 9',
    );
    expect(refused(put.replace('"a"', '""'))).toContain('a put whose key is a text of 1 to 1024 characters');
    expect(refused(put.replace('"1"}', '1}'))).toContain('a put whose value is a text');
  });
});
