import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { type Cluster, type ClusterMember, type Program, pause, withCluster } from './cluster.ts';
import { RecordedLoad } from './recorded_load.ts';

const detcdProgram = fileURLToPath(new URL('../../bin/detcd.mjs', import.meta.url));
const clients = 6;
/** Longer than an election takes. */
const pausedMs = 2500;
const calmMs = 500;

/** What is done to the leader, again and again, until the member serves again. */
export type Fault = (cluster: Cluster, leader: ClusterMember) => Promise<void>;

export const killed: Fault = async (cluster, leader) => {
  await leader.end('SIGKILL');
  await pause(calmMs);
  cluster.restart(leader);
  await leader.isReady();
};

export const stoppedAndContinued: Fault = async (_cluster, leader) => {
  leader.signal('SIGSTOP');
  await pause(pausedMs);
  leader.signal('SIGCONT');
  await leader.isReady();
};

export interface ChaosFacts {
  readonly faults: number;
  readonly succeeded: number;
}

/**
 * Three members under load, whose leader is treated so for a while: what the clients saw must be linearizable, what was
 * acknowledged must be there, and the members must end with the same data.
 */
export async function survives(
  fault: Fault,
  seconds: number,
  programs: readonly Program[] = ['detcd', 'detcd', 'detcd'],
): Promise<ChaosFacts> {
  return withCluster(programs, { args: ['--snapshot-count=500'] }, async (cluster) => {
    const load = new RecordedLoad(cluster, clients);
    const until = Date.now() + seconds * 1000;
    let faults = 0;
    for (; Date.now() < until; faults++) {
      await pause(calmMs);
      await fault(cluster, await cluster.leader());
    }
    await load.stop();
    const found = await keysOnce(cluster.members[0] as ClusterMember);
    expect(load.acknowledged.filter((key) => !found.has(key))).toEqual([]);
    expect(check(load.lines)).toMatch(/^LINEARIZABLE /);
    await cluster.agreedHash();
    return { faults, succeeded: load.succeeded };
  });
}

async function keysOnce(member: ClusterMember): Promise<ReadonlySet<string>> {
  const answer = await member.call('kv/range', {
    key: btoa('once/'),
    range_end: btoa('once0'),
    keys_only: true,
  });
  const pairs = (answer['kvs'] ?? []) as readonly { readonly key: string }[];
  return new Set(pairs.map(({ key }) => atob(key)));
}

/** The project's own judge, as a person would ask it; throws if it finds fault. */
function check(lines: readonly string[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'detcd-history-'));
  try {
    const path = join(directory, 'history.jsonl');
    writeFileSync(path, `${lines.join('\n')}\n`);
    return execFileSync(process.execPath, [detcdProgram, 'check', path], { encoding: 'utf8' });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
