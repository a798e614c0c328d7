import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { longWayBack } from '../../scenarios/stories/long_way_back.ts';
import { majorityCrash } from '../../scenarios/stories/majority_crash.ts';
import { imageAfterCrash } from '../../sim/disk/image.ts';
import { RandomStream } from '../../sim/random.ts';
import { openRun } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';
import { EtcdProcess, hasEtcd } from '../etcd_process.ts';
import { contentsOfEtcd, contentsOfStore, importDirectory, storeOf, writeImage } from './directories.ts';

const samples = 40;
let made: string[] = [];
let running: EtcdProcess[] = [];

afterEach(async () => {
  for (const etcd of running) await etcd.stop('SIGKILL');
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
  made = [];
  running = [];
});

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'detcd-storage-'));
  made.push(directory);
  return join(directory, 'data');
}

async function startAlone(directory: string): Promise<EtcdProcess> {
  const etcd = await EtcdProcess.start({ directory, args: ['--force-new-cluster'] });
  running.push(etcd);
  return etcd;
}

/** Runs a scenario to its end and leaves a member's directory as a power loss would. */
function leave(scenario: Scenario, seed: string, durationMs: number, directory: string) {
  const run = openRun({ scenario, seed, durationMs });
  run.finish();
  const disk = run.cluster.processes[1]?.disk;
  if (disk === undefined) throw new Error('there is an n2');
  writeImage(imageAfterCrash(disk, 'drop', new RandomStream('crash')), directory);
  return contentsOfStore(storeOf(run.cluster, 2), samples);
}

describe.skipIf(!hasEtcd)('a directory that a simulated member wrote', () => {
  it('boots in a real etcd, with a log from its first entry on', async () => {
    const directory = newDirectory();
    const ours = leave(majorityCrash, '3', 4000, directory);
    const etcd = await startAlone(directory);
    expect(await contentsOfEtcd(etcd, samples)).toEqual(ours);
  });

  it('boots there from a snapshot, takes writes, compacts and defragments', async () => {
    const directory = newDirectory();
    const ours = leave(longWayBack, '3', 6000, directory);
    const etcd = await startAlone(directory);
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
