import { createHash } from 'node:crypto';
import { openSync, readSync, closeSync, rmSync, mkdtempSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodeId } from '../../core/base/ids.ts';
import { DirectoryDisk } from '../../core/node/directory_disk.ts';
import { WideIds } from '../../core/node/host/wide_ids.ts';
import { PeerDialer } from '../../core/node/peers/dialer.ts';
import { postSnapshot } from '../../core/node/peers/snapshot_post.ts';
import { receiveSnapshot } from '../../core/node/peers/snapshot_receiver.ts';
import { type Message, MessageType, emptySnapshot } from '../../core/raft/index.ts';
import { Publisher, SnapDbs } from '../../core/snap/index.ts';

const mebibyte = 1024 * 1024;
const databaseBytes = 100 * mebibyte;
/** The sockets' buffers, and garbage that is not collected yet. */
const heldBytesMax = 40 * mebibyte;

const [publisherToken, receivedToken] = [1, 2];

function bytesHeld(): number {
  return process.memoryUsage().arrayBuffers;
}

function hashOfFile(path: string): string {
  const hash = createHash('sha256');
  const piece = new Uint8Array(mebibyte);
  const file = openSync(path, 'r');
  for (let read = readSync(file, piece); read > 0; read = readSync(file, piece))
    hash.update(piece.subarray(0, read));
  closeSync(file);
  return hash.digest('hex');
}

it('a snapshot of 100 MB goes to the disk without being held in memory', { timeout: 60_000 }, async () => {
  const root = mkdtempSync(join(tmpdir(), 'detcd-snapshot-'));
  const ids = new WideIds();
  let published = (): void => undefined;
  const disk = new DirectoryDisk(root, (token, error) => {
    expect(error).toBeNull();
    if (!publisher.onDisk(token)) published();
  });
  const publisher = new Publisher(disk, publisherToken);
  const dbs = new SnapDbs(disk, 'snap', publisher);
  disk.makeDirectory('snap');
  const handler = {
    receiveSnapshot() {
      const receipt = dbs.receive(7);
      return {
        write: (bytes: Uint8Array) => receipt.write(bytes),
        abort: () => receipt.abort(),
        finish(told: (refused: string | null) => void) {
          published = () => told(null);
          receipt.finish(receipt.sizeBytes, receivedToken);
        },
      };
    },
  };
  const server = createServer((request, response) =>
    receiveSnapshot(request, { handler, ids, response, isRefused: () => false }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const dialer = new PeerDialer(null);
  try {
    const database = new Uint8Array(databaseBytes);
    for (let at = 0; at < database.length; at += 4096) database[at] = (at / 4096) % 251;
    const [from, to] = [nodeId(2), nodeId(1)];
    const message: Message = { type: MessageType.snap, from, to, term: 5, snapshot: emptySnapshot };
    const identity = { id: from, clusterId: 1n, ids, peerUrls: [] };
    const before = bytesHeld();
    let held = 0;
    const watch = setInterval(() => (held = Math.max(held, bytesHeld() - before)), 1);
    const refused = await postSnapshot(dialer, url, identity, message, database);
    clearInterval(watch);
    expect(refused).toBeNull();
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThan(heldBytesMax);
    expect(readdirSync(join(root, 'snap'))).toEqual(['0000000000000007.snap.db']);
    const sent = createHash('sha256').update(database).digest('hex');
    expect(hashOfFile(join(root, 'snap', '0000000000000007.snap.db'))).toBe(sent);
  } finally {
    dialer.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await new Promise<void>((resolve) => disk.close(resolve));
    rmSync(root, { recursive: true, force: true });
  }
});
