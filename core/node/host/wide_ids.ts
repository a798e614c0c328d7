import { type NodeId, nodeId } from '../../base/ids.ts';
import { NodeIdTable } from '../../base/node_ids.ts';
import type { ProtobufReader, ProtobufWriter } from '../../base/protobuf.ts';

/** Ids below stay what they are. */
const keptBelow = 2 ** 52;
const keptBelowBig = BigInt(keptBelow);
/** Of wider ids the top 52 bits count, which come behind those that are kept. */
const cutBits = 12n;

/**
 * Ids of 64 bits as numbers below 2^53 that follow from the ids alone: in each process of a cluster the same ones, in the same order.
 * Order reaches the log (the first members) and what clients see, and the number of a member is part of the names of its reads.
 * Two ids that agree in their top 52 bits are told apart by who came first, which is once in as many clusters as nobody will ever have.
 */
export class WideIds extends NodeIdTable {
  private readonly numbers = new Map<bigint, NodeId>();
  private readonly wide = new Map<NodeId, bigint>();

  override local(foreign: bigint): NodeId {
    if (foreign < keptBelowBig) return nodeId(Number(foreign));
    const known = this.numbers.get(foreign);
    if (known !== undefined) return known;
    let number = nodeId(keptBelow + Number(foreign >> cutBits));
    while (this.wide.has(number)) number = nodeId(number - 1);
    this.numbers.set(foreign, number);
    this.wide.set(number, foreign);
    return number;
  }

  override foreign(local: NodeId): bigint {
    return local < keptBelow ? BigInt(local) : (this.wide.get(local) ?? super.foreign(local));
  }

  override entries(): readonly { readonly local: NodeId; readonly foreign: bigint }[] {
    return [...this.wide].map(([local, foreign]) => ({ local, foreign }));
  }

  override write(writer: ProtobufWriter, field: number, id: NodeId): void {
    if (id < keptBelow) writer.varint(field, id);
    else writer.uint64(field, this.foreign(id));
  }

  override read(reader: ProtobufReader): NodeId {
    return this.local(reader.uint64());
  }
}
