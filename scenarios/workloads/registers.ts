import type { Script } from '../../sim/script.ts';
import type { Workload, WorkloadClient } from '../../sim/scenario.ts';
import { KeyPicker } from './key_choice.ts';
import { Pace } from './pace.ts';
import { type TrafficOptions, trafficDefaults } from './traffic.ts';

export interface RegistersOptions extends Partial<TrafficOptions> {
  readonly keys: number;
  readonly pauseMeanMs: number;
  /** Relative weights. */
  readonly get: number;
  readonly put: number;
  readonly compareAndSwap: number;
  readonly delete: number;
}

export const mixedRegisters: RegistersOptions = {
  keys: 5,
  pauseMeanMs: 60,
  get: 40,
  put: 35,
  compareAndSwap: 20,
  delete: 5,
};

/**
 * Clients read, write, compare-and-swap and delete a handful of keys. Every written value is unique, so that a read tells which
 * write it saw; a swap expects the value its client saw last, so that some succeed and some don't.
 */
export function registers(options: RegistersOptions): Workload {
  return (client) => registerClient(client, options);
}

function* registerClient(client: WorkloadClient, options: RegistersOptions): Script {
  const { random } = client;
  const { keyChoice, ...pacing } = { ...trafficDefaults, ...options };
  const picker = new KeyPicker(keyChoice);
  const pace = new Pace(client, pacing);
  const seen = new Map<string, string | null>();
  const weights = options.get + options.put + options.compareAndSwap + options.delete;
  for (let written = 1; ; written++) {
    yield* pace.next();
    const key = `key${picker.pick(random, options.keys)}`;
    const value = `c${client.number}.${written}`;
    const draw = random.below(weights);
    if (draw < options.get) {
      const got = yield* client.get(key);
      if (got.status === 'ok') seen.set(key, got.value);
    } else if (draw < options.get + options.put) {
      const put = yield* client.put(key, value);
      if (put.status === 'ok') seen.set(key, value);
    } else if (draw < options.get + options.put + options.compareAndSwap) {
      const swapped = yield* client.compareAndSwap(key, seen.get(key) ?? null, value);
      if (swapped.status === 'ok' && swapped.value) seen.set(key, value);
      else seen.delete(key);
    } else {
      yield* client.delete(key);
      seen.delete(key);
    }
  }
}
