import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { nodeId } from '../../core/base/ids.ts';
import { ProtobufReader, ProtobufWriter } from '../../core/base/protobuf.ts';
import { NodeIdTable } from '../../core/base/node_ids.ts';
import { openWal, recoverWal } from '../../core/wal/index.ts';
import { FrameWriter, RecordType } from '../../core/wal/record.ts';
import { directory, metadata, state, stepToken, walWith } from './support.ts';

it('maps any 64-bit id to a number of its own, and back to the same bytes', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { maxLength: 9 }), (foreigns) => {
      const ids = new NodeIdTable();
      const locals = foreigns.map((foreign) => ids.local(foreign));
      expect(new Set(locals).size).toBe(foreigns.length);
      foreigns.forEach((foreign, i) => {
        const local = locals[i] ?? nodeId(0);
        expect(ids.local(foreign)).toBe(local);
        expect(ids.foreign(local)).toBe(foreign);
        const writer = new ProtobufWriter();
        ids.write(writer, 2, local);
        const reader = new ProtobufReader(writer.finish());
        expect([reader.next(), reader.field, reader.uint64()]).toEqual([true, 2, foreign]);
      });
    }),
    { numRuns: 50 },
  );
});

it('leaves ids below 2^52 as they are, and names the others', () => {
  const ids = new NodeIdTable();
  expect([ids.local(0n), ids.local(3n), ids.local(2n ** 52n - 1n)]).toEqual([0, 3, 2 ** 52 - 1]);
  expect(ids.entries()).toEqual([]);
  const local = ids.local(0x8e9e05c52164694dn);
  expect(ids.entries()).toEqual([{ local, foreign: 0x8e9e05c52164694dn }]);
  expect(() => ids.foreign(nodeId(2 ** 52))).toThrow('the 64-bit id of node');
});

it('reads and goes on with a log whose vote has 64 bits', () => {
  // HardState: term 2, vote 0x8e9e05c52164694d, commit 0.
  const vote = [0xcd, 0xd2, 0x91, 0x8b, 0xd2, 0xb8, 0x81, 0xcf, 0x8e, 0x01];
  const data = Uint8Array.of(8, 2, 16, ...vote, 24, 0);
  const writer = new FrameWriter(0);
  writer.append(RecordType.crc, null);
  writer.append(RecordType.metadata, metadata);
  writer.append(RecordType.snapshot, Uint8Array.of(8, 0, 16, 0));
  writer.append(RecordType.state, data);
  const bytes = writer.view().slice();
  const { bench } = walWith([]);
  bench.overwrite(bytes);
  const ids = new NodeIdTable();
  const { hardState, wal } = recoverWal(bench.disk, directory, { stepToken, ids });
  expect(ids.foreign(hardState.vote)).toBe(0x8e9e05c52164694dn);
  bench.wal = wal;
  wal.save({ ...hardState, commit: 0 }, []);
  bench.settle();
  // The record that was written equals the one that was read, but for the checksum.
  const whole = bench.bytes();
  expect(whole.subarray(0, bytes.length)).toEqual(bytes);
  const at = Array.from(whole.subarray(bytes.length)).join(' ');
  expect(at).toContain(Array.from(data).join(' '));
  expect(bench.recover().hardState).toMatchObject({ term: 2, commit: 0 });
  // Small ids mean the same with any table.
  const { bench: small } = walWith([[state(1, 3, 0), []]]);
  const opened = openWal(small.disk, directory, { index: 0, term: 0 }, { stepToken, ids });
  expect(opened.hardState).toEqual(state(1, 3, 0));
});
