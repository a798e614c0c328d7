import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EtcdProcess, hasEtcd, withEtcd } from '../etcd_process.ts';
import { detcdHere, expectTranscript } from './run_here.ts';

let data = '';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** One key of every kind: what a member is asked in its life. Lease ids are chosen, so that the transcript is always the same. */
async function live(etcd: EtcdProcess): Promise<void> {
  await etcd.call('kv/put', { key: base64('foo'), value: base64('bar') });
  await etcd.call('lease/grant', { TTL: 3600, ID: '77' });
  await etcd.call('lease/grant', { TTL: 3600, ID: '78' });
  await etcd.call('kv/put', { key: base64('leased'), value: base64('v'), lease: '77' });
  await etcd.call('kv/txn', {
    compare: [{ target: 'MOD', result: 'GREATER', key: base64('foo'), mod_revision: '1' }],
    success: [
      { requestPut: { key: base64('foo'), value: base64('baz') } },
      { requestRange: { key: base64('a') } },
    ],
    failure: [{ requestDeleteRange: { key: base64('x'), range_end: base64('y') } }],
  });
  await etcd.call('kv/deleterange', { key: base64('foo') });
  await etcd.call('kv/lease/revoke', { ID: '78' });
  for (let i = 0; i < 12; i++)
    await etcd.call('kv/put', { key: base64(`key ${i % 3}`), value: base64('\u0000\u00ff') });
  await etcd.call('kv/compaction', { revision: '7' });
  await etcd.call('auth/role/add', { name: 'readers' });
  await etcd.call('auth/role/grant', {
    name: 'readers',
    perm: { permType: 'READ', key: base64('a'), range_end: base64('b') },
  });
  await etcd.call('auth/user/add', { name: 'root', password: 'secret' });
  await etcd.call('auth/user/grant', { user: 'root', role: 'root' });
  await etcd.call('auth/enable', {});
  const { token } = await etcd.call('auth/authenticate', { name: 'root', password: 'secret' });
  etcd.token = String(token);
  await etcd.call('kv/put', { key: base64('after'), value: base64('auth') });
  await etcd.call('auth/disable', {});
}

describe.skipIf(!hasEtcd)("a real etcd's directory", () => {
  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'detcd-dump-'));
    await withEtcd({ directory: data, args: ['--snapshot-count=15'] }, live);
  });
  afterAll(() => rmSync(data, { recursive: true, force: true }));

  it('has a log, a snapshot and a database that are whole, and a member can start on it', () => {
    const logs = detcdHere('dump-logs', data);
    expect(logs.out).toMatch(/^member [0-9a-f]{13,16} of cluster [0-9a-f]{13,16}\n/);
    expect(logs.out).toMatch(/\.wal {2}64,000,000 bytes, of which [\d,]+ hold \d+ records/);
    expect(logs.out).toMatch(/\.snap {2}[\d,]+ bytes: term 2, index \d+, valid, voters [0-9a-f]+/);
    expect(logs.out).not.toMatch(/unknown|DAMAGED|not shown\).*secret/);
    expect(logs).toMatchObject({ code: 0, err: '' });
    expect(detcdHere('dump-db', data)).toMatchObject({ code: 0, err: '' });
    expect(detcdHere('import', data)).toMatchObject({ code: 0, err: '' });
  });

  it('reads like this', () => {
    const ids = new Map<string, string>();
    const idName = (id: string): string => {
      if (!ids.has(id)) ids.set(id, `ID${ids.size + 1}`);
      return ids.get(id) as string;
    };
    const shown = (text: string): string =>
      text
        .replaceAll(data, 'DIR')
        .replaceAll(/\b(?=\d*[a-f])[0-9a-f]{13,16}\b(?!-|\.)/g, idName)
        .replaceAll(/"id":\d+/g, '"id":NUMBER')
        .replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
        .replaceAll(/^ +\d+ +\d+ {2}(v2 request: .*)$\n/gm, '')
        .replaceAll(/^ +(\d+) +(\d+) {2}(?=\w)/gm, '  ')
        .replaceAll(/, current/g, '')
        // How requests fell into batches, and how large texts with host names are.
        .replaceAll(/(?:[\d,]+ \+ )?[\d,]+ (?:bytes?|records|pages|leaf|free)\b/g, (counted) =>
          counted.replaceAll(/[\d,]+/g, 'N'),
        )
        .replaceAll(/transaction \d+|in page \d+|which [\d,]+ hold/g, (counted) =>
          counted.replace(/[\d,]+/, 'N'),
        );
    const buckets = ['key', 'meta', 'lease', 'auth', 'authUsers', 'authRoles', 'cluster', 'members'];
    expectTranscript(
      'etcd_directory',
      [['dump-logs', data], ['dump-db', data], ...buckets.map((bucket) => ['dump-db', data, bucket])],
      shown,
    );
  });
});
