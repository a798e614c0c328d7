import { withEtcd } from '../etcd_process.ts';

/** Files of a member directory by name; a log's preallocated end is cut to one page of zeros. */
export interface MemberFiles {
  readonly wal: ReadonlyMap<string, Uint8Array>;
  readonly snap: ReadonlyMap<string, Uint8Array>;
}

/** Runs an etcd alone for this many puts, stops it and reads its files. */
export async function memberOfEtcd(puts: number, snapshotCount: number): Promise<MemberFiles> {
  return withEtcd({ args: [`--snapshot-count=${snapshotCount}`] }, async (etcd) => {
    for (let i = 0; i < puts; i++) {
      await etcd.call('kv/put', { key: btoa(`key ${i % 7}`), value: btoa('v'.repeat(i * 13)) });
    }
    await etcd.stop();
    const read = (path: string, ending: string, shown: (bytes: Uint8Array) => Uint8Array) =>
      new Map(etcd.files(path, ending).map((name) => [name, shown(etcd.file(`${path}/${name}`))]));
    return {
      wal: read('member/wal', '.wal', withoutZeros),
      snap: read('member/snap', '.snap', (bytes) => bytes),
    };
  });
}

function withoutZeros(bytes: Uint8Array): Uint8Array {
  const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
  return bytes.slice(0, end + 4096);
}
