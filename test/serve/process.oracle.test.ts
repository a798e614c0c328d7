import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { scratchDirectory } from '../etcd_process.ts';
import { flagsOf, freePort } from './detcd_here.ts';
import { ServeProcess } from './serve_process.ts';

async function post(url: string, path: string, body: object): Promise<unknown> {
  const response = await fetch(`${url}/v3/${path}`, { method: 'POST', body: JSON.stringify(body) });
  return response.json();
}

describe('detcd serve as a process', () => {
  const root = scratchDirectory();
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('stops cleanly on SIGTERM and SIGINT, and loses nothing to SIGKILL', async () => {
    const directory = join(root, 'data');
    const url = `http://127.0.0.1:${await freePort()}`;
    const flags = flagsOf(directory, url, []);
    for (const [turn, signal] of (['SIGTERM', 'SIGINT', 'SIGKILL', 'SIGTERM'] as const).entries()) {
      const serving = new ServeProcess(flags);
      await serving.isReady();
      const { count = '0' } = (await post(url, 'kv/range', { key: 'AA==', range_end: 'AA==' })) as {
        count?: string;
      };
      expect(Number(count)).toBe(turn * 20);
      await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          post(url, 'kv/put', { key: btoa(`${turn}/${i}`), value: 'eA==' }),
        ),
      );
      const { code, log } = await serving.end(signal);
      expect(code).toBe(signal === 'SIGKILL' ? null : 0);
      if (signal !== 'SIGKILL') expect(log).toContain(`received ${signal}, shutting down`);
      expect(log).not.toContain('    at ');
    }
  });

  it('keeps a second one off its directory, and takes flags from the environment', async () => {
    const directory = join(root, 'data');
    const url = `http://127.0.0.1:${await freePort()}`;
    const first = new ServeProcess(flagsOf(directory, url, []).slice(1), { ETCD_NAME: 's1' });
    await first.isReady();
    const second = await new ServeProcess(
      flagsOf(directory, `http://127.0.0.1:${await freePort()}`, []),
    ).end();
    expect(second.code).toBe(2);
    expect(second.log).toMatch(/^detcd serve: the data directory \S+ is used by another process: .*\n$/);
    const third = await new ServeProcess(flagsOf(join(root, 'other'), url, [])).end();
    expect(third.code).toBe(2);
    expect(third.log).toContain('bind: address already in use');
    expect((await first.end('SIGTERM')).code).toBe(0);
  });

  it('says what is wrong with a flag in one line', async () => {
    const { code, log } = await new ServeProcess(['--snapshot-count=many']).end();
    expect(code).toBe(2);
    expect(log).toBe(
      'detcd serve: invalid value "many" for flag -snapshot-count: expected a whole number from 0 to 2^53 - 1\n',
    );
  });
});
