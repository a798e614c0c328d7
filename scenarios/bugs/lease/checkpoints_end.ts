import type { Scenario } from '../../../sim/scenario.ts';
import type { BugScript } from '../bug_script.ts';
import { handOverMs, judgeHandOvers, letOneEnd, outlivedMs } from '../../workloads/lease_handovers.ts';

const heldMs = 2500;
const ttlSeconds = 15;

const scenario: Scenario = {
  name: 'bug-checkpoints-end',
  sentence: 'Nobody renews a lease, and the leader changes again and again.',
  members: 3,
  clients: 1,
  durationMs: heldMs + outlivedMs(ttlSeconds) + 500,
  member: { leaseCheckpoints: true, leaseCheckpointMs: 1000 },
  *workload(client) {
    yield* client.sleep(heldMs);
    yield* letOneEnd(client, 'held', ttlSeconds);
  },
  *nemesis(story) {
    yield* story.sleep(heldMs);
    for (;;) {
      yield* story.sleep(handOverMs);
      const leader = story.leader();
      yield* story.admin('moveLeader', story.others(leader)[0] ?? 0, leader);
    }
  },
  judge: judgeHandOvers,
  sometimes: [],
};

export const checkpointsEnd: BugScript = {
  bug: 'checkpoints-end',
  schedule: [
    'A client holds a lease and does not renew it; leaders write what is left of it into the log every second.',
    'The leader hands over every six seconds.',
    'Each hand-over costs at most a checkpoint’s interval and an election: the lease must end.',
  ],
  scenario,
  seed: '1',
  hunt: ['lease-handovers'],
};
