import { assert } from '../base/assert.ts';

/**
 * Which endpoint the next request goes to: the same one while it answers, the next in the list after it failed. The list's
 * order is the caller's: a client per member starts each at its own.
 */
export class Balancer<Endpoint> {
  private readonly endpoints: readonly Endpoint[];
  private position: number;

  constructor(endpoints: readonly Endpoint[], start: number) {
    assert(endpoints.length > 0, 'a client needs at least one endpoint');
    this.endpoints = endpoints;
    this.position = start % endpoints.length;
  }

  get current(): Endpoint {
    return this.endpoints[this.position] as Endpoint;
  }

  /** Leaves an endpoint that failed; does nothing if a later failure already moved on. */
  failOver(from: Endpoint): void {
    if (from !== this.current) return;
    this.position = (this.position + 1) % this.endpoints.length;
  }
}
