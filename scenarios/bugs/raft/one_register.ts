import type { Workload } from '../../../sim/scenario.ts';
import type { Script } from '../../../sim/script.ts';

export const key = 'x';

/**
 * One key. The first `writers` clients write it, each its own values; all others read it. With twice as many clients as members, every
 * member has a writer and a reader who begin with it.
 */
export function oneRegister(writers: number, pauseMsMax = 25): Workload {
  return function* (client): Script {
    for (let written = 1; ; written++) {
      yield* client.sleep(1 + client.random.below(pauseMsMax));
      if (client.number > writers) yield* client.get(key);
      else yield* client.put(key, `c${client.number}.${written}`);
    }
  };
}
