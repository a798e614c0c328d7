import { assertDefined } from './assert.ts';
import { type NodeId, nodeId } from './ids.ts';
import type { ProtobufReader, ProtobufWriter } from './protobuf.ts';

const localMax = Number.MAX_SAFE_INTEGER;
/** Ids below stay what they are: what is near the top could collide with numbers given out. */
const keptBelow = 2 ** 52;
const keptBelowBig = BigInt(keptBelow);
const continuation = 0x80n;

/**
 * Node ids on disk have 64 bits, here they are numbers below 2^53. Ids below 2^52 stay what they are. An etcd's ids (parts of a hash)
 * are mostly above: each gets the highest number that is still free, and is written back as what it was. The numbers last as long as
 * the table, so one table must serve all that a member reads and writes, and no number of it may leave the process.
 */
export class NodeIdTable {
  private readonly locals = new Map<bigint, NodeId>();
  private readonly foreigns = new Map<NodeId, bigint>();

  /** The id for use in raft. */
  local(foreign: bigint): NodeId {
    if (foreign < keptBelowBig) return nodeId(Number(foreign));
    const known = this.locals.get(foreign);
    if (known !== undefined) return known;
    const made = nodeId(localMax - this.locals.size);
    this.locals.set(foreign, made);
    this.foreigns.set(made, foreign);
    return made;
  }

  /** The id as it stands on disk: what `local` was given. */
  foreign(local: NodeId): bigint {
    if (local < keptBelow) return BigInt(local);
    return assertDefined(this.foreigns.get(local), `the 64-bit id of node ${local}`);
  }

  /** The ids that did not stay what they were, in the order in which they were met. */
  entries(): readonly { readonly local: NodeId; readonly foreign: bigint }[] {
    return [...this.foreigns].map(([local, foreign]) => ({ local, foreign }));
  }

  /** Writes the id as a field of type uint64. */
  write(writer: ProtobufWriter, field: number, id: NodeId): void {
    if (id < keptBelow) {
      writer.varint(field, id);
      return;
    }
    writer.rawVarint(field * 8);
    const bytes: number[] = [];
    let rest = this.foreign(id);
    for (; rest >= continuation; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
    writer.rawBytes(Uint8Array.from(bytes));
  }

  read(reader: ProtobufReader): NodeId {
    return this.local(reader.uint64());
  }
}
