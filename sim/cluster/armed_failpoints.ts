import type { FailpointSite } from '../../core/server/failpoints.ts';

/** Ends the process in the middle of what it does. */
export class FailpointCrash extends Error {
  override readonly name = 'FailpointCrash';
  readonly site: FailpointSite;

  constructor(site: FailpointSite) {
    super(`ended at ${site}`);
    this.site = site;
  }
}

/** The places of one machine's process that are armed: each ends it once, whichever start of it gets there. */
export class ArmedFailpoints {
  private armed: { readonly site: FailpointSite; skip: number }[] = [];

  /** The process ends at its (skip + 1)-th pass from now on. */
  arm(site: FailpointSite, skip: number): void {
    this.armed.push({ site, skip });
  }

  get isArmed(): boolean {
    return this.armed.length > 0;
  }

  /** Faults have ended. */
  disarm(): void {
    this.armed = [];
  }

  pass(site: FailpointSite): void {
    if (this.armed.length === 0) return;
    const reached = this.armed.filter((one) => one.site === site);
    const due = reached.find(({ skip }) => skip === 0);
    for (const one of reached) one.skip--;
    if (due === undefined) return;
    this.armed = this.armed.filter((one) => one !== due);
    throw new FailpointCrash(site);
  }
}
