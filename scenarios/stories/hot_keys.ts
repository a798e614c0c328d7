import type { Story } from '../../sim/faults/story.ts';
import type { Scenario } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { etcdMixes, etcdTraffic } from '../workloads/etcd_traffic.ts';

const inARow = 'three leaders in a row were hunted down';
const wonAgain = 'a leader that was hunted down led again later';

/** Whatever ends or hinders a leader, for a while; afterwards the member is well again. */
function* strike(story: Story, leader: number): Script {
  const way = story.random.below(4);
  if (way === 0) story.crash(leader);
  else if (way === 1) story.pause(leader);
  else if (way === 2) story.isolate(leader);
  else story.cutOneWay([leader], story.others(leader));
  yield* story.untilLeader(4000, leader);
}

function release(story: Story, member: number): void {
  story.resume(member);
  story.restart(member);
}

export const hotKeys: Scenario = {
  name: 'hot-keys',
  sentence:
    'Nine of ten operations are on the same two keys, and whoever leads is hunted: as soon as a member is elected, it crashes, stops or is cut off.',
  members: 5,
  clients: 6,
  durationMs: 25_000,
  workload: etcdTraffic({
    mix: etcdMixes.EtcdPutDeleteLease,
    keys: 20,
    keyChoice: { kind: 'hotSpot', hotKeys: 2, hotPercent: 90 },
    pauseMeanMs: 30,
  }),
  *nemesis(story) {
    const hunted: number[] = [];
    for (;;) {
      const leader = yield* story.untilLeader();
      // A leader that commits something of its own before it goes leaves more behind.
      yield* story.sleepBetween(0, 900);
      if (leader === 0 || story.leader() !== leader) continue;
      if (hunted.includes(leader)) story.reached(wonAgain);
      yield* strike(story, leader);
      hunted.push(leader);
      if (new Set(hunted.slice(-3)).size === 3) story.reached(inARow);
      if (story.random.chance(1, 2)) yield* story.sleepBetween(0, 1500);
      story.heal();
      release(story, leader);
    }
  },
  sometimes: [{ goal: inARow }, { goal: wonAgain }],
};
