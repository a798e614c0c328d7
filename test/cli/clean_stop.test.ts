import { describe, expect, it } from 'vitest';
import type { Token } from '../../core/ports.ts';
import { CleanStop } from '../../core/server/clean_stop.ts';
import { Tokens } from '../../core/server/tokens.ts';
import { examine } from '../../scenarios/cli/import_directory.ts';
import { findScenario } from '../../scenarios/catalogue.ts';
import { type DiskImage, imageAfterCrash, loadImage } from '../../sim/disk/image.ts';
import { RandomStream } from '../../sim/random.ts';
import { type OpenRun, openRun } from '../../sim/run.ts';
import { DiskBench } from '../disk/host.ts';
import { contentsOfStore, storeOf } from '../storage/directories.ts';

const nsPerMs = 1_000_000;

function started(scenarioName: string, seed: string): OpenRun {
  const scenario = findScenario(scenarioName);
  if (scenario === undefined) throw new Error(`there is no ${scenarioName}`);
  return openRun({ scenario, seed, members: 3, clients: 3, durationMs: 20_000, interventions: [] });
}

function processOf(run: OpenRun, member: number) {
  const process = run.cluster.processes[member - 1];
  if (process === undefined) throw new Error(`there is no n${member}`);
  return process;
}

function imageOf(run: OpenRun, member: number): DiskImage {
  return imageAfterCrash(processOf(run, member).disk, 'keep', new RandomStream('look'));
}

function examined(image: DiskImage) {
  const { disk } = new DiskBench('look');
  loadImage(disk, image);
  return examine(disk);
}

describe('a clean stop', () => {
  // Snapshots every 50 entries, so that some stops come while one is made.
  it('leaves all that was applied, in the backend too, whenever it comes; a power loss does not', () => {
    let behind = 0;
    let snapshots = 0;
    for (let ms = 2000; ms < 2600; ms += 80) {
      const run = started('long-way-back', `stop${ms}`);
      run.runUntil(ms * nsPerMs);
      const process = processOf(run, 2);
      const member = process.requireMember();
      const { appliedIndex } = member;
      const contents = contentsOfStore(storeOf(run.cluster, 2), 3);
      const lost = examined(imageOf(run, 2));
      if ((lost.appliedIndex ?? 0) < appliedIndex) behind++;
      expect(run.terminate(2)).toBe(true);
      expect(member.stopped).toBe(true);
      expect(process.isUp).toBe(false);
      expect(process.disk.hasUnsynced()).toBe(false);
      const image = imageOf(run, 2);
      const { faults, wal, snaps, appliedIndex: saved } = examined(image);
      expect(faults).toEqual([]);
      expect(saved).toBe(appliedIndex);
      expect(wal.hardState.commit).toBeGreaterThanOrEqual(appliedIndex);
      // No snapshot is left half made.
      snapshots += snaps.length;
      expect(snaps.filter(({ status }) => status !== 'valid')).toEqual([]);
      const { node, cluster } = wal;
      const next = openRun({
        scenario: findScenario('calm-days') as NonNullable<ReturnType<typeof findScenario>>,
        seed: '1',
        members: 1,
        interventions: [],
        imported: [{ ...image, node, cluster }],
      });
      next.runUntil(200 * nsPerMs);
      expect(contentsOfStore(storeOf(next.cluster, 1), 3)).toMatchObject(contents);
    }
    expect(behind).toBeGreaterThan(3);
    expect(snapshots).toBeGreaterThan(3);
  });

  it('finishes the snapshot that is being made, then syncs the log, then commits the backend', () => {
    const asked: (readonly [string, Token])[] = [];
    const maker = { busy: true };
    const stop = new CleanStop({
      maker,
      wal: { sync: (token) => void asked.push(['log', token]) },
      backend: { commit: (token) => void asked.push(['backend', token ?? -1]) },
      tokens: new Tokens(),
    });
    stop.onSynced(3);
    expect(asked).toEqual([]);
    maker.busy = false;
    stop.onSynced(11);
    const [log] = asked;
    expect(asked).toEqual([['log', log?.[1]]]);
    // Completions of others.
    stop.onSynced(19);
    stop.onSynced(27);
    expect(asked).toHaveLength(1);
    stop.onSynced(log?.[1] ?? -1);
    const [, backend] = asked;
    expect(backend?.[0]).toBe('backend');
    stop.onSynced(35);
    expect(stop.done).toBe(false);
    stop.onSynced(backend?.[1] ?? -1);
    expect(stop.done).toBe(true);
    expect(asked).toHaveLength(2);
  });

  it('takes nothing any more from its beginning on, and whoever waited learns that the outcome is open', () => {
    const run = started('long-way-back', '4');
    run.runUntil(3000 * nsPerMs);
    const leader = run.cluster.leader();
    const process = processOf(run, leader);
    const member = process.requireMember();
    // Until the leader works on a client's write.
    const { calls } = run.cluster.history;
    const open = (): boolean =>
      calls.some(({ status, returnNs, call }) => returnNs < 0 && status !== 'fail' && call.kind === 'put');
    for (let ms = 3000; !open() && ms < 4000; ms++) run.runUntil(ms * nsPerMs);
    expect(open()).toBe(true);
    const applied = member.appliedIndex;
    expect(member.ready).toBe(true);
    member.stop();
    expect(member.ready).toBe(false);
    expect(member.stopped).toBe(false);
    member.stop();
    expect(run.terminate(leader)).toBe(true);
    expect(member.appliedIndex).toBe(applied);
    run.runUntil(8000 * nsPerMs);
    // The others went on without it.
    expect(run.cluster.leader()).not.toBe(leader);
    expect(run.cluster.leader()).not.toBe(0);
    expect(run.cluster.violations).toEqual([]);
  });

  it('can not come to its end on a disk that completes nothing', () => {
    const run = started('calm-days', '5');
    run.runUntil(2000 * nsPerMs);
    run.cluster.intervene({ kind: 'diskStall', member: 1 });
    expect(run.terminate(1)).toBe(false);
    expect(processOf(run, 1).isUp).toBe(true);
    run.cluster.intervene({ kind: 'diskRelease', member: 1 });
    run.runUntil(15_000 * nsPerMs);
    expect(processOf(run, 1).isUp).toBe(false);
    expect(run.terminate(1)).toBe(false);
  });
});
