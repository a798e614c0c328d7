import { type Server, createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyByteString, bigEndian64 } from '../../core/base/bytes.ts';
import { nodeId } from '../../core/base/ids.ts';
import { WideIds } from '../../core/node/host/wide_ids.ts';
import { receiveSnapshot } from '../../core/node/peers/snapshot_receiver.ts';
import { encodePeerMessage } from '../../core/node/peers/wire.ts';
import { type Message, MessageType, emptySnapshot } from '../../core/raft/index.ts';

const ids = new WideIds();
const [from, to] = [nodeId(2), nodeId(1)];
const snap: Message = { type: MessageType.snap, from, to, term: 5, snapshot: emptySnapshot };
const beat: Message = { type: MessageType.heartbeat, from, to, term: 5, commit: 1, context: emptyByteString };

function framed(message: Message): Uint8Array {
  const bytes = encodePeerMessage(message, ids);
  return Buffer.concat([bigEndian64(bytes.length), bytes]);
}

/** What the member was told. */
let told: string[] = [];
let refused: string | null = null;
let takes = true;
let server: Server;

beforeEach(async () => {
  [told, refused, takes] = [[], null, true];
  const receipt = {
    write: (bytes: Uint8Array) => void (bytes.length > 0 && told.push(`write ${bytes.length}`)),
    finish: (tell: (reason: string | null) => void) => {
      told.push('finish');
      tell(refused);
    },
    abort: () => void told.push('abort'),
  };
  const handler = { receiveSnapshot: () => (takes ? receipt : null) };
  server = createServer((request, response) =>
    receiveSnapshot(request, { handler, ids, response, isRefused: () => false }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function post(...parts: readonly Uint8Array[]): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: Buffer.concat(parts) });
  return `${response.status} ${(await response.text()).trim()}`.trim();
}

describe('a snapshot that is posted', () => {
  it('goes to the disk as it comes, and is answered when raft has it', async () => {
    expect(await post(framed(snap), new Uint8Array(1_000_000))).toBe('204');
    expect(told.length).toBeGreaterThan(3);
    expect(told.at(-1)).toBe('finish');
    const sizes = told.slice(0, -1).map((line) => Number(line.slice('write '.length)));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(1_000_000);
  });

  it('is refused with the reason when it is no database', async () => {
    refused = 'no database';
    expect(await post(framed(snap), new Uint8Array(10))).toBe('500 failed to save KV snapshot (no database)');
  });

  it('is refused while the member takes nothing', async () => {
    takes = false;
    expect(await post(framed(snap), new Uint8Array(10))).toBe('503 not ready');
  });

  it('that is too short, too long or something else is answered as etcd 3.4 does', async () => {
    const cut = framed(snap);
    const short = '400 failed to decode raft message (unexpected EOF)';
    expect(await post()).toBe('400 failed to decode raft message (EOF)');
    expect(await post(cut.subarray(0, 3))).toBe(short);
    expect(await post(cut.subarray(0, cut.length - 1))).toBe(short);
    expect(await post(bigEndian64(2 ** 50), cut)).toBe(
      '400 failed to decode raft message (rafthttp: error limit exceeded)',
    );
    expect(await post(bigEndian64(1), Uint8Array.of(255))).toMatch(
      /^400 failed to decode raft message \(.+\)$/,
    );
    expect(await post(framed(beat), new Uint8Array(10))).toBe('400 wrong raft message type');
    expect(told).toEqual([]);
  });

  it('whose sender is gone in the middle is removed', async () => {
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    const body = Buffer.concat([framed(snap), new Uint8Array(100)]);
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length + 1}\r\n\r\n`);
    socket.write(body);
    while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    socket.destroy();
    while (told.length < 2) await new Promise((resolve) => setTimeout(resolve, 2));
    expect(told).toEqual(['write 100', 'abort']);
  });
});
