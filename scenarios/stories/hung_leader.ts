import type { Scenario, WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { judgeLeases, leaseHolders, leaseWindDownMs } from '../workloads/lease_holders.ts';

const replaced = "a leader's disk hung until another one led, and came back";
const writer = 6;

/** A leader without anything to write does not notice that its disk hangs. */
function* write(client: WorkloadClient): Script {
  for (let count = 1; !client.over; count++) {
    yield* client.sleep(client.random.between(20, 200));
    yield* client.put('busy', String(count));
  }
}

export const hungLeader: Scenario = {
  name: 'hung-leader',
  sentence:
    'The leader’s disk hangs for longer than many leases last, while the others elect another leader and clients renew their leases there.',
  members: 3,
  clients: writer,
  durationMs: 30_000,
  workload: (client) => (client.number === writer ? write(client) : leaseHolders()(client)),
  *nemesis(story) {
    for (;;) {
      const leader = yield* story.untilLeader();
      yield* story.sleepBetween(500, 2500);
      if (!story.stallDisk(leader)) continue;
      const next = yield* story.untilLeader(6000, leader);
      yield* story.sleepBetween(0, 5000);
      story.releaseDisk(leader);
      if (next !== 0) story.reached(replaced);
    }
  },
  windDownMs: leaseWindDownMs,
  judge: judgeLeases,
  sometimes: [
    { goal: replaced },
    { goal: 'a lease ended by itself', when: (_, { notes }) => notes.some(({ topic }) => topic === 'gone') },
  ],
};
