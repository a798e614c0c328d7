/** What scripts of storage share. */
import { nodeId } from '../../../core/base/ids.ts';
import { bytes } from '../../../core/client/index.ts';
import type { Story } from '../../../sim/faults/story.ts';
import type { Workload, WorkloadClient } from '../../../sim/scenario.ts';
import type { Script } from '../../../sim/script.ts';
import { keepPutting } from '../steps.ts';

/** By then a leader has been elected and every member serves clients. */
export const servingMs = 2500;

/** Waits for a time of the run. */
export function* untilMs(client: WorkloadClient, ms: number): Script {
  const left = ms - (yield* client.etcd.now()) / 1_000_000;
  if (left > 0) yield* client.sleep(left);
}

/** One member cuts free pages out of its database. */
export function* defragment({ etcd }: WorkloadClient, member: number): Script {
  yield* etcd.defragment(nodeId(member), { timeoutMs: 1000 });
}

/** Puts one new key after another, `count` of them. */
export function* putNew({ etcd }: WorkloadClient, prefix: string, count: number, value = 'x'): Script {
  for (let i = 1; i <= count; i++) yield* etcd.put(bytes(`${prefix}${i}`), bytes(value));
}

/** Writes the same key over and over. The first client stays with n1, for every member serves clients by then. */
export function writer(key: string, pauseMs: number): Workload {
  return function* (client): Script {
    yield* client.sleep(servingMs);
    yield* keepPutting(client, key, pauseMs);
  };
}

/** A follower other than n1, at which the first client began. */
export function* pickFollower(story: Story): Script<number> {
  yield* story.sleep(servingMs + 500);
  return story.followers().find((member) => member !== 1) ?? 0;
}

/** Waits until the member has ended at an armed place, and starts it again a moment later. */
export function* restartWhenEnded(story: Story, member: number): Script {
  yield* story.until(() => !story.isUp(member), 3000);
  yield* story.sleep(100);
  story.restart(member);
}
