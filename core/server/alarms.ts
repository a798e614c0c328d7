import { type Backend, Buckets } from '../backend/index.ts';
import { compareStrings, emptyByteString, emptyBytes, fromBytes, toBytes } from '../base/bytes.ts';
import { ProtobufReader, ProtobufWriter } from '../base/protobuf.ts';
import type { AlarmMember, AlarmType } from './api/index.ts';

const types: readonly AlarmType[] = ['NONE', 'NOSPACE', 'CORRUPT'];

/** etcdserverpb.AlarmMember is the key; the value is empty. */
function keyOf({ memberID, alarm }: AlarmMember) {
  const writer = new ProtobufWriter();
  if (memberID !== 0n) writer.uint64(1, memberID);
  writer.varintNonZero(2, types.indexOf(alarm));
  return fromBytes(writer.finish());
}

function readKey(bytes: Uint8Array): AlarmMember {
  const reader = new ProtobufReader(bytes);
  let memberID = 0n;
  let type = 0;
  while (reader.next()) {
    if (reader.field === 1) memberID = reader.uint64();
    else if (reader.field === 2) type = reader.uint();
    else reader.skip();
  }
  return { memberID, alarm: types[type] ?? 'NONE' };
}

/**
 * Alarms that members have raised, kept in the backend and alike on all: NOSPACE refuses what makes the database grow, CORRUPT
 * refuses everything, until a person disarms them (etcd: v3alarm).
 */
export class Alarms {
  private readonly raised = new Map<string, AlarmMember>();

  /** What a backend holds, at the start and after a snapshot replaced it. Throws ProtobufError. */
  recover(backend: Backend): void {
    this.raised.clear();
    const view = backend.read();
    view.visit(Buckets.alarm, emptyByteString, undefined, (key) => {
      this.raised.set(key, readKey(toBytes(key)));
      return true;
    });
    view.end();
  }

  has(type: AlarmType): boolean {
    for (const { alarm } of this.raised.values()) if (alarm === type) return true;
    return false;
  }

  /** By member, then type; all types for NONE. */
  list(type: AlarmType): AlarmMember[] {
    const keys = [...this.raised.keys()].sort(compareStrings);
    return keys
      .map((key) => this.raised.get(key) as AlarmMember)
      .filter(({ alarm }) => type === 'NONE' || alarm === type);
  }

  /** Raises one, if it is not raised already. */
  activate(member: AlarmMember, backend: Backend): void {
    const key = keyOf(member);
    // Nobody's alarm of no kind is empty, which no key may be: every member of etcd 3.4 ends over it.
    if (key === emptyByteString || this.raised.has(key)) return;
    this.raised.set(key, member);
    backend.lockForApply().put(Buckets.alarm, key, emptyBytes);
    backend.unlock();
  }

  /** False if it was not raised. */
  deactivate(member: AlarmMember, backend: Backend): boolean {
    const key = keyOf(member);
    if (!this.raised.delete(key)) return false;
    backend.lockForApply().delete(Buckets.alarm, key);
    backend.unlock();
    return true;
  }
}
