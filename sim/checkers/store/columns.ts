import type { EtcdOperation, Pair } from '../history/etcd_operation.ts';

/** Revisions above this are not etcd's: columns are 32 bits wide. */
export const revisionMax = 2 ** 31 - 2;

/** The numbers of a history's operations, a column each. They grow by doubling. */
export class Columns {
  count = 0;
  role: Uint8Array<ArrayBuffer>;
  plain: Uint8Array<ArrayBuffer>;
  /** Revision of the answer, where there is one. */
  revision: Int32Array<ArrayBuffer>;
  /** Number of the key of a put or of a range of one key, else -1. */
  key: Int32Array<ArrayBuffer>;
  /** No return: Infinity. */
  callNs: Float64Array<ArrayBuffer>;
  callSequence: Float64Array<ArrayBuffer>;
  returnNs: Float64Array<ArrayBuffer>;
  returnSequence: Float64Array<ArrayBuffer>;
  // Of plain gets what the pair told, 0 for what it did not (mod 0: absent). `lease` 1: it told that there is none.
  mod: Int32Array<ArrayBuffer>;
  create: Int32Array<ArrayBuffer>;
  version: Int32Array<ArrayBuffer>;
  lease: Uint8Array<ArrayBuffer>;
  /** Of plain deletes how many keys went; of plain swaps 1 if the answer shows the pair that was found, 2 if it would have. */
  told: Uint8Array<ArrayBuffer>;
  /** Of plain swaps the mod revision that was asked for. */
  operand: Int32Array<ArrayBuffer>;
  /** Of plain puts, gets and swaps: what was written or, by those that wrote nothing, seen; unanswered ones may write it. */
  readonly value: string[] = [];
  /** Of plain swaps that wrote nothing: what they would have written. */
  readonly unwritten = new Map<number, string>();
  id: Float64Array<ArrayBuffer>;
  private process: Float64Array<ArrayBuffer>;
  /** Numbers of the names of clients; 0 for none. */
  private client: Int32Array<ArrayBuffer>;
  private readonly clients: (string | undefined)[] = [undefined];
  private readonly clientNumbers = new Map<string, number>();

  constructor(capacity: number) {
    const bytes = (): Uint8Array<ArrayBuffer> => new Uint8Array(capacity);
    const integers = (): Int32Array<ArrayBuffer> => new Int32Array(capacity);
    const numbers = (): Float64Array<ArrayBuffer> => new Float64Array(capacity);
    [this.role, this.plain, this.lease, this.told] = [bytes(), bytes(), bytes(), bytes()];
    [this.operand, this.client] = [integers(), integers()];
    [this.revision, this.key, this.mod, this.create, this.version] = [
      integers(),
      integers(),
      integers(),
      integers(),
      integers(),
    ];
    [this.callNs, this.callSequence, this.returnNs, this.returnSequence] = [
      numbers(),
      numbers(),
      numbers(),
      numbers(),
    ];
    [this.id, this.process] = [numbers(), numbers()];
  }

  /** Adds who and when; the rest is the caller's. Returns the position. */
  add(operation: EtcdOperation): number {
    const i = this.count++;
    if (i === this.role.length) this.grow();
    this.id[i] = operation.id;
    this.process[i] = operation.process;
    this.client[i] = operation.client === undefined ? 0 : this.numberOf(operation.client);
    this.value.push('');
    this.key[i] = -1;
    this.callNs[i] = operation.callNs;
    this.callSequence[i] = operation.callSequence;
    this.returnNs[i] = operation.returnNs ?? Infinity;
    this.returnSequence[i] = operation.returnSequence ?? Infinity;
    return i;
  }

  private numberOf(client: string): number {
    const known = this.clientNumbers.get(client);
    if (known !== undefined) return known;
    this.clientNumbers.set(client, this.clients.length);
    return this.clients.push(client) - 1;
  }

  private grow(): void {
    const size = this.role.length * 2;
    const bytes = (old: Uint8Array): Uint8Array<ArrayBuffer> => {
      const grown = new Uint8Array(size);
      grown.set(old);
      return grown;
    };
    const integers = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const grown = new Int32Array(size);
      grown.set(old);
      return grown;
    };
    const numbers = (old: Float64Array): Float64Array<ArrayBuffer> => {
      const grown = new Float64Array(size);
      grown.set(old);
      return grown;
    };
    this.role = bytes(this.role);
    this.plain = bytes(this.plain);
    this.lease = bytes(this.lease);
    this.told = bytes(this.told);
    this.operand = integers(this.operand);
    this.client = integers(this.client);
    this.revision = integers(this.revision);
    this.key = integers(this.key);
    this.mod = integers(this.mod);
    this.create = integers(this.create);
    this.version = integers(this.version);
    this.callNs = numbers(this.callNs);
    this.callSequence = numbers(this.callSequence);
    this.returnNs = numbers(this.returnNs);
    this.returnSequence = numbers(this.returnSequence);
    this.id = numbers(this.id);
    this.process = numbers(this.process);
  }

  setPair(i: number, pair: Pair): void {
    this.value[i] = pair.value;
    this.mod[i] = pair.modRevision ?? 0;
    this.create[i] = pair.createRevision ?? 0;
    this.version[i] = pair.version ?? 0;
    this.lease[i] = pair.lease === undefined ? 0 : 1;
  }

  /** The pair that a plain get told, null for none. */
  pair(i: number, key: string): Pair | null {
    const [mod, create, version] = [
      this.mod[i] as number,
      this.create[i] as number,
      this.version[i] as number,
    ];
    if (mod === 0) return null;
    const value = this.value[i] as string;
    if (create !== 0 && version !== 0 && this.lease[i] === 1)
      return { key, value, modRevision: mod, createRevision: create, version, lease: '0' };
    return {
      key,
      value,
      modRevision: mod,
      ...(create === 0 ? {} : { createRevision: create }),
      ...(version === 0 ? {} : { version }),
      ...(this.lease[i] === 1 ? { lease: '0' } : {}),
    };
  }

  /** Who and when. */
  common(
    i: number,
  ): Pick<
    EtcdOperation,
    'id' | 'process' | 'client' | 'callNs' | 'callSequence' | 'returnNs' | 'returnSequence'
  > {
    const client = this.clients[this.client[i] as number];
    const returnNs = this.returnNs[i] as number;
    const returnSequence = this.returnSequence[i] as number;
    const common = {
      id: this.id[i] as number,
      process: this.process[i] as number,
      callNs: this.callNs[i] as number,
      callSequence: this.callSequence[i] as number,
      returnNs: returnNs === Infinity ? null : returnNs,
      returnSequence: returnSequence === Infinity ? null : returnSequence,
    };
    return client === undefined ? common : Object.assign(common, { client });
  }
}
