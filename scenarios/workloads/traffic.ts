import type { EtcdClient } from '../../core/client/index.ts';
import type { RandomStream } from '../../sim/random.ts';
import type { WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { type KeyChoice, KeyPicker, uniformKeys } from './key_choice.ts';
import { Pace, type PaceOptions, paceDefaults } from './pace.ts';

/** What all mixes have in common: when a client asks, and for which keys. */
export interface TrafficOptions extends PaceOptions {
  readonly keyChoice: KeyChoice;
}

export const trafficDefaults: TrafficOptions = { ...paceDefaults, keyChoice: uniformKeys };

/** One client that does one operation after the other for as long as it is let. */
export abstract class Traffic {
  protected readonly client: WorkloadClient;
  protected readonly etcd: EtcdClient;
  protected readonly random: RandomStream;
  protected readonly picker: KeyPicker;
  /** The newest revision that this client was answered at. */
  protected lastRevision = 1;
  private readonly pace: Pace;
  private written = 0;

  constructor(client: WorkloadClient, options: TrafficOptions) {
    this.client = client;
    this.etcd = client.etcd;
    this.random = client.random;
    this.picker = new KeyPicker(options.keyChoice);
    this.pace = new Pace(client, options);
  }

  *run(): Script {
    for (;;) {
      yield* this.pace.next();
      yield* this.next();
    }
  }

  /** The next operation, to its answer. */
  protected abstract next(): Script;

  protected heard(revision: number): void {
    this.lastRevision = Math.max(this.lastRevision, revision);
  }

  /** No two writes of a run write the same, so that a read tells whose write it saw. */
  protected value(): string {
    return `c${this.client.number}.${++this.written}`;
  }
}
