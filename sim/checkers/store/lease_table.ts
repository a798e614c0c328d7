/** Numbers for leases, and from when on each of them may be used. */
export class LeaseTable {
  readonly leases: string[] = [];
  /** A lease may be attached to keys written at revisions above this. Infinity: nobody granted it. */
  readonly grantedAt: number[] = [];
  private readonly ids = new Map<string, number>();

  get size(): number {
    return this.leases.length;
  }

  intern(lease: string): number {
    let id = this.ids.get(lease);
    if (id === undefined) {
      id = this.leases.length;
      this.ids.set(lease, id);
      this.leases.push(lease);
      this.grantedAt.push(Infinity);
    }
    return id;
  }

  /** The lease's number; -1 for none. Every lease of the history is known. */
  find(lease: string | undefined): number {
    return lease === undefined || lease === '0' ? -1 : (this.ids.get(lease) ?? -1);
  }

  granted(lease: number, revision: number): void {
    if (revision < (this.grantedAt[lease] as number)) this.grantedAt[lease] = revision;
  }
}
