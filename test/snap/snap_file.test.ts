import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32c } from '../../core/base/crc32c.ts';
import { nodeId } from '../../core/base/ids.ts';
import { emptyConfState } from '../../core/raft/entry.ts';
import { encodeSnapshot } from '../../core/raft/wire.ts';
import {
  decodeSnapFile,
  encodeSnapFile,
  formatSnapDbName,
  formatSnapName,
  parseSnapDbName,
  parseSnapName,
  SnapError,
} from '../../core/snap/index.ts';
import { NodeIdTable } from '../../core/base/node_ids.ts';
import { snapshot } from './support.ts';

const ids = new NodeIdTable();

function errorKind(bytes: Uint8Array): string {
  try {
    decodeSnapFile(bytes, 'x.snap', ids);
    return 'none';
  } catch (error) {
    return error instanceof SnapError ? error.kind : String(error);
  }
}

describe('a snapshot file', () => {
  it('is a checksum and raft bytes', () => {
    const made = snapshot(7, 3);
    const bytes = encodeSnapFile(made, ids);
    const inner = encodeSnapshot(made);
    expect(bytes.subarray(bytes.length - inner.length)).toEqual(inner);
    expect(bytes[0]).toBe(0x08);
    let crc = 0;
    for (let i = 1, scale = 1; i <= 5; i++, scale *= 128) {
      crc += ((bytes[i] as number) & 127) * scale;
      if ((bytes[i] as number) < 128) break;
    }
    expect(crc).toBe(crc32c(0, inner));
    expect(decodeSnapFile(bytes, 'x.snap', ids)).toEqual(made);
  });

  it('keeps any data and configuration, with ids of 64 bits', () => {
    const node = fc.oneof(fc.bigInt({ min: 1n, max: 9n }), fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }));
    const nodes = fc.uniqueArray(node, { maxLength: 4 });
    fc.assert(
      fc.property(
        fc.tuple(nodes, nodes, nodes, nodes),
        fc.boolean(),
        fc.uint8Array(),
        fc.nat(),
        (lists, autoLeave, data, index) => {
          const table = new NodeIdTable();
          const sorted = lists.map((list) => list.map((id) => table.local(id)).sort((a, b) => a - b));
          const [voters = [], learners = [], votersOutgoing = [], learnersNext = []] = sorted;
          const confState = { voters, learners, votersOutgoing, learnersNext, autoLeave };
          const made = { data, metadata: { confState, index, term: 5 } };
          const bytes = encodeSnapFile(made, table);
          expect(decodeSnapFile(bytes, 'x.snap', table)).toEqual(made);
          // Another process numbers the ids as it meets them, and writes the same bytes.
          const other = new NodeIdTable();
          expect(encodeSnapFile(decodeSnapFile(bytes, 'x.snap', other), other)).toEqual(bytes);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('has its voters in the order of their 64-bit ids', () => {
    const table = new NodeIdTable();
    const high = table.local(0xffffffffffffffffn);
    const low = table.local(0x8000000000000000n);
    const confState = { ...emptyConfState, voters: [low, nodeId(4), high] };
    const bytes = encodeSnapFile(
      { data: new Uint8Array(), metadata: { confState, index: 1, term: 1 } },
      table,
    );
    const fresh = new NodeIdTable();
    decodeSnapFile(bytes, 'x.snap', fresh);
    expect(fresh.entries().map(({ foreign }) => foreign)).toEqual([0x8000000000000000n, 0xffffffffffffffffn]);
  });

  it('with any flipped bit, or cut anywhere, is refused', () => {
    const bytes = encodeSnapFile(snapshot(300, 2), ids);
    const kinds = new Set<string>();
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      kinds.add(errorKind(flipped));
    }
    for (let end = 0; end < bytes.length; end++) kinds.add(errorKind(bytes.subarray(0, end)));
    kinds.add(errorKind(Uint8Array.of(...bytes, 0)));
    kinds.add(errorKind(Uint8Array.of(...bytes, 24, 0)));
    expect([...kinds].sort((a, b) => (a < b ? -1 : 1))).toEqual(['badFile', 'crcMismatch', 'empty']);
  });
});

describe('names', () => {
  it('are those of etcd', () => {
    expect(formatSnapName({ term: 2, index: 11 })).toBe('0000000000000002-000000000000000b.snap');
    expect(parseSnapName('0000000000000002-000000000000000b.snap')).toEqual({ term: 2, index: 11 });
    expect(formatSnapDbName(26)).toBe('000000000000001a.snap.db');
    expect(parseSnapDbName('000000000000001a.snap.db')).toBe(26);
  });

  it.each([
    '0000000000000002-000000000000000b.snap.broken',
    '0000000000000002-000000000000000b.snap.1.tmp',
    '000000000000001a.snap.db.1.tmp',
    'ffffffffffffffff-0000000000000001.snap',
    'ffffffffffffffff.snap.db',
    'db',
  ])('%s is none', (name) => {
    expect([parseSnapName(name), parseSnapDbName(name)]).toEqual([null, null]);
  });
});
