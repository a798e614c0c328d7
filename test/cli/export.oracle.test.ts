import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasEtcd, withEtcd } from '../etcd_process.ts';
import { detcdHere } from './run_here.ts';

interface Pair {
  readonly key: string;
  readonly value: string;
  readonly mod_revision: string;
}

describe.skipIf(!hasEtcd)("a simulated member's directory in a real etcd", () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'detcd-export-'));
    const sizes = ['--members', '3', '--clients', '2', '--duration', '4s'];
    detcdHere('run', 'rolling-restart', '--seed', '2', ...sizes, '--out', join(folder, 'run'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What an etcd serves that goes on alone from an export. */
  async function served(member: string, ...how: string[]): Promise<readonly string[]> {
    const directory = join(folder, [member, ...how].join(''));
    const { code, err } = detcdHere(
      'export',
      join(folder, 'run/trace.detcd'),
      '--member',
      member,
      ...how,
      directory,
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return withEtcd({ directory, args: ['--force-new-cluster'] }, async (etcd) => {
      await etcd.call('kv/put', { key: btoa('zz written here'), value: btoa('x') });
      const { kvs = [] } = (await etcd.call('kv/range', { key: btoa('\0'), range_end: btoa('\0') })) as {
        kvs?: Pair[];
      };
      return kvs.map(({ key, value, mod_revision }) => `${atob(key)}=${atob(value)} at ${mod_revision}`);
    });
  }

  it('is served by it, the same from every member, however the power went', async () => {
    const [first, third, torn] = await Promise.all([
      served('n1', '--at', 'end'),
      served('n3', '--at', 'end', '--clean'),
      served('n2', '--at', '2.5s', '--crash', 'tear'),
    ]);
    expect(first.some((pair) => pair.startsWith('detcd-final=done at '))).toBe(true);
    expect(first.length).toBeGreaterThan(4);
    expect(third).toEqual(first);
    expect(torn.at(-1)).toMatch(/^zz written here=x/);
  });
});
