/**
 * The newest state of etcd's store while a history is replayed: a column per property, a row per key, and a log that undoes
 * changes. Nothing is allocated per change.
 */
export class ReplayStore {
  readonly value: string[];
  /** 0: the key is absent. */
  readonly mod: Int32Array;
  readonly create: Int32Array;
  readonly version: Int32Array;
  /** Number of the lease, -1 for none. */
  readonly lease: Int32Array;
  /** Revision of the last change of a key that certainly happened. */
  readonly lastSure: Int32Array;
  /** 1 once the lease was revoked. */
  readonly revoked: Uint8Array;
  private readonly leaseHead: Int32Array;
  private readonly leaseNext: Int32Array;
  private readonly leasePrevious: Int32Array;
  /** Rows of six numbers (key, mod, create, version, lease, lastSure), or (complement of a lease, ...). */
  private log = new Int32Array(0);
  private logValues: string[] = [];
  private logRows = 0;
  private logging = false;

  constructor(keys: number, leases: number) {
    this.value = Array.from({ length: keys }, () => '');
    this.mod = new Int32Array(keys);
    this.create = new Int32Array(keys);
    this.version = new Int32Array(keys);
    this.lease = new Int32Array(keys).fill(-1);
    this.lastSure = new Int32Array(keys);
    this.revoked = new Uint8Array(leases);
    this.leaseHead = new Int32Array(leases).fill(-1);
    this.leaseNext = new Int32Array(keys).fill(-1);
    this.leasePrevious = new Int32Array(keys).fill(-1);
  }

  put(key: number, value: string, lease: number, revision: number, sure: boolean): void {
    if (this.logging) this.remember(key);
    if (this.mod[key] === 0) {
      this.create[key] = revision;
      this.version[key] = 1;
    } else {
      this.version[key] = (this.version[key] as number) + 1;
    }
    this.mod[key] = revision;
    this.value[key] = value;
    if (this.lease[key] !== lease) this.attach(key, lease);
    if (sure) this.lastSure[key] = revision;
  }

  /** The key must exist. */
  remove(key: number, revision: number, sure: boolean): void {
    if (this.logging) this.remember(key);
    this.mod[key] = 0;
    this.create[key] = 0;
    this.version[key] = 0;
    this.value[key] = '';
    if (this.lease[key] !== -1) this.attach(key, -1);
    if (sure) this.lastSure[key] = revision;
  }

  hasKeys(lease: number): boolean {
    return this.leaseHead[lease] !== -1;
  }

  /** Some key of the lease, or -1. */
  firstKey(lease: number): number {
    return this.leaseHead[lease] as number;
  }

  /** The next key of the same lease, or -1. */
  nextKey(key: number): number {
    return this.leaseNext[key] as number;
  }

  revoke(lease: number): void {
    if (this.logging) this.rememberRevoke(lease);
    this.revoked[lease] = 1;
  }

  // --- undoing

  /** From now on changes can be undone. `changes`: about how many there will be. */
  keepLog(changes: number): void {
    this.logging = true;
    this.log = new Int32Array(6 * changes);
    this.logValues = Array.from({ length: changes }, () => '');
  }

  /** Where the log stands. */
  mark(): number {
    return this.logRows;
  }

  rollBack(mark: number): void {
    const { log } = this;
    while (this.logRows > mark) {
      const row = --this.logRows;
      const base = row * 6;
      const key = log[base] as number;
      if (key < 0) {
        this.revoked[~key] = 0;
        continue;
      }
      this.mod[key] = log[base + 1] as number;
      this.create[key] = log[base + 2] as number;
      this.version[key] = log[base + 3] as number;
      const lease = log[base + 4] as number;
      if (this.lease[key] !== lease) this.attach(key, lease);
      this.lastSure[key] = log[base + 5] as number;
      this.value[key] = this.logValues[row] as string;
    }
  }

  private remember(key: number): void {
    const base = this.append();
    const { log } = this;
    log[base] = key;
    log[base + 1] = this.mod[key] as number;
    log[base + 2] = this.create[key] as number;
    log[base + 3] = this.version[key] as number;
    log[base + 4] = this.lease[key] as number;
    log[base + 5] = this.lastSure[key] as number;
    this.logValues[this.logRows - 1] = this.value[key] as string;
  }

  private rememberRevoke(lease: number): void {
    const base = this.append();
    this.log[base] = ~lease;
    this.logValues[this.logRows - 1] = '';
  }

  /** Where the new row begins. */
  private append(): number {
    const base = this.logRows++ * 6;
    if (base + 6 > this.log.length) {
      const grown = new Int32Array(Math.max(6 * 1024, this.log.length * 4));
      grown.set(this.log);
      this.log = grown;
    }
    return base;
  }

  // --- keys of a lease, doubly linked

  private attach(key: number, lease: number): void {
    const old = this.lease[key] as number;
    const { leaseNext, leasePrevious, leaseHead } = this;
    if (old !== -1) {
      const [next, previous] = [leaseNext[key] as number, leasePrevious[key] as number];
      if (previous === -1) leaseHead[old] = next;
      else leaseNext[previous] = next;
      if (next !== -1) leasePrevious[next] = previous;
    }
    this.lease[key] = lease;
    if (lease === -1) return;
    const head = leaseHead[lease] as number;
    leaseNext[key] = head;
    leasePrevious[key] = -1;
    if (head !== -1) leasePrevious[head] = key;
    leaseHead[lease] = key;
  }
}
