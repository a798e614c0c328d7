import { describe, expect, it } from 'vitest';
import { longWayBack } from '../../scenarios/stories/long_way_back.ts';
import { majorityCrash } from '../../scenarios/stories/majority_crash.ts';
import { imageAfterCrash } from '../../sim/disk/image.ts';
import { RandomStream } from '../../sim/random.ts';
import { openRun } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';
import { hasEtcd } from '../etcd_process.ts';
import { contentsOfEtcd, contentsOfStore, importDirectory, storeOf, writeImage } from './directories.ts';
import { newDirectory, startOn } from './directories_in_use.ts';

const samples = 40;

/** Runs a scenario to its end and leaves a member's directory as a killed process would. */
function leave(scenario: Scenario, seed: string, durationMs: number, directory: string) {
  const run = openRun({ scenario, seed, durationMs });
  run.finish();
  const disk = run.cluster.processes[1]?.disk;
  if (disk === undefined) throw new Error('there is an n2');
  // What was written is kept: that an entry is committed is not synced, and a member that goes on alone drops what it does not
  // know to be committed.
  writeImage(imageAfterCrash(disk, 'keep', new RandomStream('crash')), directory);
  return contentsOfStore(storeOf(run.cluster, 2), samples);
}

describe.skipIf(!hasEtcd)('a directory that a simulated member wrote', () => {
  it('boots in a real etcd, with a log from its first entry on', async () => {
    const directory = newDirectory();
    const ours = leave(majorityCrash, '3', 4000, directory);
    const etcd = await startOn(directory, '--force-new-cluster');
    expect(await contentsOfEtcd(etcd, samples)).toEqual(ours);
  });

  it('boots there from a snapshot, takes writes, compacts and defragments', async () => {
    const directory = newDirectory();
    const ours = leave(longWayBack, '3', 6000, directory);
    const etcd = await startOn(directory, '--force-new-cluster');
    expect(await contentsOfEtcd(etcd, samples)).toEqual(ours);
    etcd.ctl('put', 'from-etcd', '1');
    etcd.ctl('compact', String(ours.revision - 5));
    etcd.ctl('defrag');
    const theirs = await contentsOfEtcd(etcd, samples);
    expect(theirs).toMatchObject({ revision: ours.revision + 1, compactRevision: ours.revision - 5 });
    await etcd.stop();
    const run = openRun({
      scenario: majorityCrash,
      seed: '1',
      members: 1,
      durationMs: 2000,
      interventions: [],
      imported: [importDirectory(directory)],
    });
    run.runUntil(60_000_000);
    expect(contentsOfStore(storeOf(run.cluster, 1), samples)).toEqual(theirs);
  });
});
