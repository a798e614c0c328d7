import { assert } from '../../core/base/assert.ts';
import type { RandomStream } from '../../sim/random.ts';
import type { WorkloadClient } from '../../sim/scenario.ts';
import { type Script, nsPerMs } from '../../sim/script.ts';

export interface PaceOptions {
  /**
   * `closed`: a client asks again some time after it was answered, so a slow cluster is asked less. `open`: operations arrive as they do,
   * answered or not (Schroeder, Wierman, Harchol-Balter, "Open Versus Closed"); each client does one at a time, so that `clients` is
   * the most that are under way, and what arrives meanwhile waits in line.
   */
  readonly loop: 'closed' | 'open';
  /** Mean time of one client from an answer to the next operation (closed), or between two arrivals (open), in ms. */
  readonly pauseMeanMs: number;
  /** Open: arrivals that wait for one client; a further one is turned away. */
  readonly waitingMax: number;
}

export const paceDefaults: PaceOptions = { loop: 'closed', pauseMeanMs: 40, waitingMax: 16 };

/** What a client notes when arrivals were turned away: how many, since it last had time. */
export const turnedAwayTopic = 'turned-away';

/** Says when a client does its next operation. */
export class Pace {
  private readonly client: WorkloadClient;
  private readonly options: PaceOptions;
  /** Of its own, so that what the operations draw does not depend on how many arrive. */
  private readonly arrivals: RandomStream;
  private nextNs = -1;
  private waiting = 0;

  constructor(client: WorkloadClient, options: PaceOptions) {
    const { loop, pauseMeanMs } = options;
    assert(loop === 'closed' || pauseMeanMs > 0, 'an open loop needs time between two arrivals');
    this.client = client;
    this.options = options;
    this.arrivals = client.random.fork('arrivals');
  }

  /** Comes back when the next operation is due. */
  *next(): Script {
    const { client, options } = this;
    if (options.loop === 'open') yield* this.nextArrival();
    else yield* client.sleep(client.random.exponential(options.pauseMeanMs * 1000) / 1000);
  }

  private *nextArrival(): Script {
    const { client, options } = this;
    const nowNs = yield* client.etcd.now();
    if (this.nextNs < 0) this.nextNs = nowNs + this.gapNs();
    for (; this.nextNs <= nowNs; this.nextNs += this.gapNs()) this.waiting++;
    const count = this.waiting - options.waitingMax;
    if (count > 0) {
      client.note(turnedAwayTopic, { count });
      this.waiting = options.waitingMax;
    }
    if (this.waiting > 0) {
      this.waiting--;
      return;
    }
    yield* client.sleep((this.nextNs - nowNs) / nsPerMs);
    this.nextNs += this.gapNs();
  }

  private gapNs(): number {
    return this.arrivals.exponential(Math.round(this.options.pauseMeanMs * 1000)) * 1000;
  }
}
