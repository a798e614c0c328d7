import { assert } from '../base/assert.ts';

/**
 * `sticky`: the same endpoint while it answers, the next in the list after it failed. `roundRobin`: another one for each request, as
 * etcd's client does since 3.4.
 */
export type Balancing = 'sticky' | 'roundRobin';

/** Which endpoint the next request goes to. The list's order is the caller's: a client per member starts each at its own. */
export class Balancer<Endpoint> {
  private readonly endpoints: readonly Endpoint[];
  private readonly balancing: Balancing;
  private position: number;

  constructor(endpoints: readonly Endpoint[], start: number, balancing: Balancing = 'sticky') {
    assert(endpoints.length > 0, 'a client needs at least one endpoint');
    this.endpoints = endpoints;
    this.balancing = balancing;
    this.position = start % endpoints.length;
  }

  /** Endpoints that are enough to know what a majority of them says. */
  get quorum(): number {
    return Math.floor(this.endpoints.length / 2) + 1;
  }

  get current(): Endpoint {
    return this.endpoints[this.position] as Endpoint;
  }

  /** The endpoint for a request that is sent now. */
  pick(): Endpoint {
    const { current } = this;
    if (this.balancing === 'roundRobin') this.advance();
    return current;
  }

  /** Leaves an endpoint that failed; does nothing if a later failure already moved on. */
  failOver(from: Endpoint): void {
    if (from === this.current) this.advance();
  }

  private advance(): void {
    this.position = (this.position + 1) % this.endpoints.length;
  }
}
