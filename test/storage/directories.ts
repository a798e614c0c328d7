/** Directories of members on their way between simulated disks, real disks and a real etcd. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromText } from '../../core/base/bytes.ts';
import { ReadOnlyDisk } from '../../core/node/read_only_disk.ts';
import { type KeyValue, type MvccStore, keyRange } from '../../core/mvcc/index.ts';
import { examine, readDirectory } from '../../scenarios/cli/import_directory.ts';
import type { Cluster } from '../../sim/cluster.ts';
import type { DiskImage, ImportedDirectory } from '../../sim/disk/image.ts';
import type { EtcdProcess } from '../etcd_process.ts';

export function writeImage(image: DiskImage, directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const path of image.directories) mkdirSync(join(directory, path), { recursive: true, mode: 0o700 });
  for (const { path, bytes } of image.files) writeFileSync(join(directory, path), bytes, { mode: 0o600 });
}

/** Reads a data directory as `detcd import` does; throws if a member could not start on it. */
export function importDirectory(directory: string): ImportedDirectory {
  const disk = new ReadOnlyDisk(directory);
  const examined = examine(disk);
  if (examined.faults.length > 0) throw new Error(examined.faults.join('\n'));
  return readDirectory(disk, examined.wal);
}

/** What two programs must agree on about one directory. */
export interface Contents {
  readonly revision: number;
  readonly compactRevision: number;
  readonly hash: number;
  /** Every pair, at each of the revisions that were asked for. */
  readonly pairs: ReadonlyMap<number, readonly string[]>;
}

function pairText({ key, value, create_revision, mod_revision, version, lease }: KeyValue): string {
  return [key, value, create_revision, mod_revision, version, lease].map(String).join(' ');
}

/** At most `count` readable revisions, the oldest and the newest among them. */
export function someRevisions(compactRevision: number, revision: number, count: number): number[] {
  const first = Math.max(compactRevision, 1);
  const step = Math.max(1, Math.floor((revision - first) / count));
  const revisions: number[] = [];
  for (let at = first; at < revision; at += step) revisions.push(at);
  return [...revisions, revision];
}

export function storeOf(cluster: Cluster, member: number): MvccStore {
  const store = cluster.processes[member - 1]?.member?.store;
  if (store === undefined || store === null) throw new Error(`n${member} is not running`);
  return store;
}

export function contentsOfStore(store: MvccStore, samples: number): Contents {
  const { currentRevision: revision, compactRevision } = store;
  const everything = keyRange(fromText('\0'), fromText('\0'));
  const pairs = someRevisions(compactRevision, revision, samples).map((at): [number, string[]] => {
    return [at, store.range(everything, { revision: at }).kvs.map(pairText)];
  });
  return { revision, compactRevision, hash: store.hashKv(revision).hash, pairs: new Map(pairs) };
}

interface GatewayPair {
  readonly key: string;
  readonly value?: string;
  readonly create_revision: string;
  readonly mod_revision: string;
  readonly version: string;
  readonly lease?: string;
}

function gatewayText(pair: GatewayPair): string {
  const text = (base64 = ''): string => Buffer.from(base64, 'base64').toString('latin1');
  const { create_revision, mod_revision, version, lease = '0' } = pair;
  return [text(pair.key), text(pair.value), create_revision, mod_revision, version, lease].join(' ');
}

export async function contentsOfEtcd(etcd: EtcdProcess, samples: number): Promise<Contents> {
  const hashed = etcd.ctl('endpoint', 'hashkv', '-w', 'json');
  const [{ HashKV: found }] = JSON.parse(hashed) as [
    { HashKV: { header: { revision: number }; hash: number; compact_revision: number } },
  ];
  const revision = found.header.revision;
  const zero = Buffer.from('\0').toString('base64');
  const pairs = new Map<number, readonly string[]>();
  for (const at of someRevisions(found.compact_revision, revision, samples)) {
    const range = { key: zero, range_end: zero, revision: String(at) };
    const { kvs = [] } = (await etcd.call('kv/range', range)) as { kvs?: GatewayPair[] };
    pairs.set(at, kvs.map(gatewayText));
  }
  return { revision, compactRevision: found.compact_revision, hash: found.hash, pairs };
}
