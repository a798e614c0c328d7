/** What the small stories of the lessons share: a network slow enough that every message can be seen, and a calm load. */
import type { LinkParameters } from '../../sim/network/network.ts';
import type { Workload } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';

const nsPerMs = 1_000_000;

/** Every message takes 8 to 12 ms or so, and none overtakes another. */
export const visibleLinks: Partial<LinkParameters> = {
  delayMinNs: 8 * nsPerMs,
  delayMeanNs: 2 * nsPerMs,
  reorderPer10k: 0,
};

/** Each client writes a key of its own, one value after the other, with a pause between them. */
export function calmWriters(pauseMs: number): Workload {
  return function* (client): Script {
    for (let written = 1; ; written++) {
      yield* client.sleep(pauseMs);
      yield* client.put(`key${client.number}`, `v${written}`);
    }
  };
}
