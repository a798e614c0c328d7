import type { ByteString } from '../../base/bytes.ts';
import { emptyByteString } from '../../base/bytes.ts';
import type { ProtobufReader, ProtobufWriter } from '../../base/protobuf.ts';
import type { LeaseId } from '../../mvcc/key_value.ts';
import { noLease, readLease, writeLeaseAlways } from '../../mvcc/key_value.ts';
import type { Compare, CompareResult, CompareTarget } from './messages.ts';
import { compareResults, compareTargets, enumName } from './wire_enums.ts';

export function encodeCompare(writer: ProtobufWriter, compare: Compare): void {
  writer.varintNonZero(1, compareResults.indexOf(compare.result));
  writer.varintNonZero(2, compareTargets.indexOf(compare.target));
  writer.byteStringNonEmpty(3, compare.key);
  if (compare.target === 'VERSION') writer.varint(4, compare.version);
  else if (compare.target === 'CREATE') writer.varint(5, compare.create_revision);
  else if (compare.target === 'MOD') writer.varint(6, compare.mod_revision);
  else if (compare.target === 'VALUE') writer.byteString(7, compare.value);
  else writeLeaseAlways(writer, 8, compare.lease);
  writer.byteStringNonEmpty(64, compare.range_end);
}

/** The wire has the target twice, as an enum and as the oneof member that is set. */
interface RawCompare {
  result: CompareResult;
  target: CompareTarget;
  key: ByteString;
  range_end: ByteString;
  /** Number of the oneof field seen last; 0 if none. */
  operandField: number;
  number: number;
  value: ByteString;
  lease: LeaseId;
}

export function decodeCompare(reader: ProtobufReader): Compare {
  const raw: RawCompare = {
    result: 'EQUAL',
    target: 'VERSION',
    key: emptyByteString,
    range_end: emptyByteString,
    operandField: 0,
    number: 0,
    value: emptyByteString,
    lease: noLease,
  };
  while (reader.next()) {
    if (reader.field === 1)
      raw.result = enumName<CompareResult>(compareResults, reader.int(), 'compare result');
    else if (reader.field === 2) {
      raw.target = enumName<CompareTarget>(compareTargets, reader.int(), 'compare target');
    } else if (reader.field === 3) raw.key = reader.byteString();
    else if (reader.field === 64) raw.range_end = reader.byteString();
    else if (reader.field >= 4 && reader.field <= 8) decodeOperand(reader, raw);
    else reader.skip();
  }
  return toCompare(raw);
}

function decodeOperand(reader: ProtobufReader, raw: RawCompare): void {
  raw.operandField = reader.field;
  if (reader.field === 7) raw.value = reader.byteString();
  else if (reader.field === 8) raw.lease = readLease(reader);
  else raw.number = reader.int();
}

function toCompare(raw: RawCompare): Compare {
  const base =
    raw.range_end.length > 0
      ? { result: raw.result, key: raw.key, range_end: raw.range_end }
      : { result: raw.result, key: raw.key };
  // An operand of another target than the enum's counts as absent, and absent as zero, as in etcd.
  const fits = raw.operandField === 4 + compareTargets.indexOf(raw.target);
  const number = fits ? raw.number : 0;
  if (raw.target === 'VERSION') return { ...base, target: 'VERSION', version: number };
  if (raw.target === 'CREATE') return { ...base, target: 'CREATE', create_revision: number };
  if (raw.target === 'MOD') return { ...base, target: 'MOD', mod_revision: number };
  if (raw.target === 'VALUE') return { ...base, target: 'VALUE', value: fits ? raw.value : emptyByteString };
  return { ...base, target: 'LEASE', lease: fits ? raw.lease : noLease };
}
