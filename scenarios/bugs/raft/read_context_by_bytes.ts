import type { Scenario } from '../../../sim/scenario.ts';
import type { Script } from '../../../sim/script.ts';

const key = 'x';
/** Nobody reads between these times, in ms of the run: until then one leader, from then on two. */
const quietMs = [2150, 2700] as const;
/** The second leader is there. */
const writesFromMs = 2400;

export const readContextByBytes: Scenario = {
  name: 'bug-read-context-by-bytes',
  sentence:
    'A leader that is not one any more is asked a read again, and hears an old answer to the heartbeats of the first time.',
  members: 3,
  clients: 6,
  durationMs: 4000,
  /** The first three read, each at a member of its own; the others write. */
  *workload(client): Script {
    const nowMs = function* () {
      return (yield* client.etcd.now()) / 1_000_000;
    };
    const reads = client.number <= 3;
    if (!reads) yield* client.sleep(writesFromMs);
    for (let written = 1; ; written++) {
      yield* client.sleep(1 + client.random.below(25));
      const atMs = yield* nowMs();
      if (!reads) yield* client.put(key, `c${client.number}.${written}`);
      else if (atMs < quietMs[0] || atMs > quietMs[1]) yield* client.get(key);
    }
  },
  *nemesis(story) {
    yield* story.sleep(2000);
    const leader = story.leader();
    const [asker = 1, other = 1] = story.followers();
    // The asker's answers confirm the reads; the other's are kept.
    story.hold([other], [leader], ['MsgHeartbeatResp']);
    yield* story.sleep(200);
    story.hold([asker, other], [leader]);
    // It hands over, and does not hear that it has.
    story.ask('moveLeader', other, leader);
    yield* story.sleep(700);
    story.repeat([asker], [leader], 'MsgReadIndex');
    yield* story.sleep(5);
    story.letThrough([other], [leader], { only: ['MsgHeartbeatResp'] });
    yield* story.sleep(100);
    story.heal();
  },
  sometimes: [],
};
