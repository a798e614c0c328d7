import { AssertionError } from './assert.ts';
import { type NodeId, nodeId } from './ids.ts';
import type { ProtobufReader, ProtobufWriter } from './protobuf.ts';

const localMax = Number.MAX_SAFE_INTEGER;
/** Ids below stay what they are: what is near the top could collide with numbers given out. */
const keptBelow = 2 ** 52;
const keptBelowBig = BigInt(keptBelow);

/**
 * Node ids on disk have 64 bits, here they are numbers below 2^53. Ids below 2^52 stay what they are. An etcd's ids (parts of a hash)
 * are mostly above: each gets the highest number that is still free, and is written back as what it was. The numbers last as long as
 * the table, so one table must serve all that a member reads and writes, and no number of it may leave the process.
 */
export class NodeIdTable {
  private readonly locals = new Map<bigint, NodeId>();
  private readonly foreigns = new Map<NodeId, bigint>();

  /**
   * `bindings`: what these foreign ids shall be called here, such as 1, 2, 3 in a simulation.
   */
  constructor(bindings: readonly (readonly [local: NodeId, foreign: bigint])[] = []) {
    for (const [local, foreign] of bindings) {
      if (BigInt(local) === foreign) continue;
      this.locals.set(foreign, local);
      this.foreigns.set(local, foreign);
    }
  }

  /** The id for use in raft. */
  local(foreign: bigint): NodeId {
    const known = this.locals.get(foreign);
    if (known !== undefined) return known;
    // A number that was bound to another id is given out like one that is too large.
    if (foreign < keptBelowBig && !this.foreigns.has(Number(foreign) as NodeId))
      return nodeId(Number(foreign));
    const made = nodeId(localMax - this.locals.size);
    this.locals.set(foreign, made);
    this.foreigns.set(made, foreign);
    return made;
  }

  /** The id as it stands on disk: what `local` was given. */
  foreign(local: NodeId): bigint {
    const known = this.foreigns.get(local);
    if (known === undefined && local < keptBelow) return BigInt(local);
    if (known === undefined) throw new AssertionError(`the 64-bit id of node ${local} is missing`);
    return known;
  }

  /** The ids that did not stay what they were, in the order in which they were met. */
  entries(): readonly { readonly local: NodeId; readonly foreign: bigint }[] {
    return [...this.foreigns].map(([local, foreign]) => ({ local, foreign }));
  }

  /** Writes the id as a field of type uint64. */
  write(writer: ProtobufWriter, field: number, id: NodeId): void {
    if (id < keptBelow && !this.foreigns.has(id)) writer.varint(field, id);
    else writer.uint64(field, this.foreign(id));
  }

  read(reader: ProtobufReader): NodeId {
    return this.local(reader.uint64());
  }
}
