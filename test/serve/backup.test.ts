import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromText, toBytes } from '../../core/base/bytes.ts';
import { readDatabase } from '../../core/backend/index.ts';
import { snapshotPieces } from '../../core/node/grpc/snapshot.ts';
import { statusOf } from '../../core/node/ctl/snapshot/status.ts';
import type { ClientRequest } from '../../core/server/api/index.ts';
import { withDetcd } from './detcd_here.ts';

describe('a snapshot that a client gets', () => {
  it('is of one moment, whole, and holds all that was acknowledged, though writes and a defragmentation go on', async () => {
    await withDetcd({}, async ({ served: { host } }) => {
      const put = (key: string, value: string): Promise<unknown> =>
        host.request(
          { kind: 'put', put: { key: fromText(key), value: fromText(value) } } as ClientRequest,
          undefined,
        );
      const puts = (count: number, value: string): Promise<unknown> =>
        Promise.all(Array.from({ length: count }, (_, i) => put(`k${i}`, value)));
      await puts(150, 'v'.repeat(900));
      host.state?.backend.commit();
      const hash = host.state?.backend.hash();
      const revision = host.member.revision;
      const parts: Uint8Array[] = [];
      const left: number[] = [];
      for await (const { blob, remaining_bytes } of snapshotPieces(host, undefined)) {
        parts.push(toBytes(blob));
        left.push(remaining_bytes);
        // Pages are given up and used again meanwhile, and the file is replaced.
        await puts(20, `${left.length}`.repeat(300));
        host.state?.backend.commit();
        if (left.length === 2) await host.request({ kind: 'defragment', defragment: {} }, undefined);
      }
      const file = new Uint8Array(Buffer.concat(parts));
      const database = file.subarray(0, file.length - 32);
      expect(parts.length).toBeGreaterThan(3);
      expect(left.at(0)).toBe(database.length - (parts[0] as Uint8Array).length);
      expect(left.at(-1)).toBe(0);
      expect(Buffer.from(file.subarray(-32)).equals(createHash('sha256').update(database).digest())).toBe(
        true,
      );
      const found = statusOf(database);
      expect([found.revision, found.hash]).toEqual([revision, hash]);
      // Both metas name the state; every page is reachable once, or free.
      expect(readDatabase(database).meta.highWater * 4096).toBe(database.length);
      expect(host.state?.backend.openReaders).toBe(0);
    });
  });

  it('that is given up leaves nothing open', async () => {
    await withDetcd({}, async ({ served: { host } }) => {
      const pieces = snapshotPieces(host, undefined);
      await pieces.next();
      expect(host.state?.backend.openReaders).toBe(1);
      await pieces.return();
      expect(host.state?.backend.openReaders).toBe(0);
    });
  });
});
