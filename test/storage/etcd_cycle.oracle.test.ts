import { describe, expect, it } from 'vitest';
import { longWayBack } from '../../scenarios/stories/long_way_back.ts';
import { imageAfterCrash } from '../../sim/disk/image.ts';
import { RandomStream } from '../../sim/random.ts';
import { type OpenRun, openRun } from '../../sim/run.ts';
import type { CrashMode } from '../../sim/trace/kinds.ts';
import { hasEtcd } from '../etcd_process.ts';
import {
  type Contents,
  contentsOfEtcd,
  contentsOfStore,
  importDirectory,
  storeOf,
  writeImage,
} from './directories.ts';
import { newDirectory, startOn } from './directories_in_use.ts';

const samples = 60;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Opens a directory in a simulated member alone, before anything is written. */
function open(directory: string, seed: string): OpenRun {
  const imported = [importDirectory(directory)];
  const run = openRun({
    scenario: longWayBack,
    seed,
    members: 1,
    durationMs: 4000,
    interventions: [],
    imported,
  });
  run.runUntil(60_000_000);
  return run;
}

function leave(run: OpenRun, member: number, mode: CrashMode): { contents: Contents; directory: string } {
  run.finish();
  const disk = run.cluster.processes[member - 1]?.disk;
  if (disk === undefined) throw new Error(`there is no n${member}`);
  const directory = newDirectory();
  writeImage(imageAfterCrash(disk, mode, new RandomStream('crash')), directory);
  return { contents: contentsOfStore(storeOf(run.cluster, member), samples), directory };
}

describe.skipIf(!hasEtcd)('one directory, two programs', () => {
  it('ours, then etcd, then ours, thrice: nothing is lost', async () => {
    let { contents, directory } = leave(
      openRun({ scenario: longWayBack, seed: 'cycle', durationMs: 5000 }),
      3,
      'keep',
    );
    for (let round = 1; round <= 3; round++) {
      // From the second round on it is alone already, and must not drop what it has not heard to be committed.
      const alone = round === 1 ? ['--force-new-cluster'] : [];
      const etcd = await startOn(directory, ...alone, '--snapshot-count=40');
      expect(await contentsOfEtcd(etcd, samples)).toEqual(contents);
      for (let i = 0; i < 60; i++) {
        const put = { key: base64(`etcd${i % 7}`), value: base64(`${round}.${i}`) };
        await etcd.call('kv/put', put);
        if (i % 5 === 0) await etcd.call('kv/deleterange', { key: base64(`key${i % 4}`) });
      }
      const theirs = await contentsOfEtcd(etcd, samples);
      await etcd.stop(round === 2 ? 'SIGKILL' : 'SIGTERM');
      const run = open(directory, `cycle${round}`);
      expect(contentsOfStore(storeOf(run.cluster, 1), samples)).toEqual(theirs);
      ({ contents, directory } = leave(run, 1, round === 1 ? 'drop' : 'keep'));
      expect(contents.revision).toBeGreaterThan(theirs.revision);
    }
  });

  it('opens here what etcd wrote: leases, users, alarms, compaction, snapshots, several segments', async () => {
    const directory = newDirectory();
    const etcd = await startOn(directory, '--snapshot-count=50', '--quota-backend-bytes=20000000');
    for (let i = 0; i < 120; i++) {
      await etcd.call('kv/put', { key: base64(`k${i % 20}`), value: base64(`v${i}`) });
    }
    await etcd.call('kv/txn', {
      compare: [{ target: 'VERSION', result: 'EQUAL', key: base64('absent'), version: '0' }],
      success: [
        { request_put: { key: base64('both'), value: base64('1') } },
        { request_delete_range: { key: base64('k1') } },
      ],
    });
    const { ID } = (await etcd.call('lease/grant', { TTL: '5000' })) as { ID: string };
    await etcd.call('kv/put', { key: base64('leased'), value: base64('x'), lease: ID });
    etcd.ctl('role', 'add', 'reader');
    etcd.ctl('user', 'add', 'someone:secret');
    etcd.ctl('compact', '60');
    // Above 64,000,000 bytes a segment ends: with entries that write nothing.
    const large = base64('x'.repeat(1_000_000));
    for (let i = 0; i < 70; i++) {
      await etcd.call('kv/txn', {
        compare: [{ target: 'VERSION', result: 'GREATER', key: base64('absent'), version: '0' }],
        success: [{ request_put: { key: base64('absent'), value: large } }],
      });
    }
    // Above the quota an alarm is raised, and puts are refused.
    let refused = '';
    for (let i = 0; i < 40 && refused === ''; i++) {
      const put = await etcd.reply('kv/put', { key: base64(`large${i % 3}`), value: large });
      if (put.kind === 'error') refused = put.message;
    }
    expect(refused).toBe('etcdserver: mvcc: database space exceeded');
    expect(etcd.ctl('alarm', 'list')).toContain('NOSPACE');
    const theirs = await contentsOfEtcd(etcd, 3);
    await etcd.stop('SIGKILL');
    expect(etcd.files('member/wal', '.wal').length).toBeGreaterThan(1);
    const imported = importDirectory(directory);
    const run = openRun({
      scenario: longWayBack,
      seed: 'theirs',
      members: 1,
      durationMs: 2000,
      interventions: [],
      imported: [imported],
    });
    run.runUntil(100_000_000);
    expect(contentsOfStore(storeOf(run.cluster, 1), 3)).toEqual(theirs);
  });
});
