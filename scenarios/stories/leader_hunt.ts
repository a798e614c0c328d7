import type { Story } from '../../sim/faults/story.ts';
import type { Scenario } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const threeStruck = 'three leaders in a row were struck down as soon as they led';
const looped = 'a member that was killed in a loop caught up in the end';
const slowLed = 'the disk of whoever led was slow, and writes still came through';

function* crash(story: Story, leader: number): Script {
  yield* story.bounce(leader, story.random.between(100, 1500));
}

function* cutOff(story: Story, leader: number): Script {
  story.isolate(leader);
  yield* story.sleepBetween(1200, 2500);
  story.heal();
}

function* freeze(story: Story, leader: number): Script {
  story.suspend(leader);
  yield* story.sleepBetween(1200, 2500);
  story.unsuspend(leader);
}

function* hunt(story: Story): Script {
  const struck: number[] = [];
  yield* story.huntLeaders(3, function* (leader) {
    struck.push(leader);
    yield* story.random.pick([crash, cutOff, freeze])(story, leader);
  });
  if (struck.length === 3) story.reached(threeStruck);
}

function* loop(story: Story): Script {
  const [member = 1] = story.some(1);
  yield* story.killInALoop(member, story.random.between(3, 8), 150);
  if (yield* story.untilCaughtUp(member, 5000)) story.reached(looped);
}

function* slowDisks(story: Story): Script {
  const before = story.commitIndex(story.leader());
  yield* story.slowLeaderDisk(3000, { syncMinMs: 20, syncMeanMs: 100 });
  if (story.commitIndex(story.leader()) > before + 5) story.reached(slowLed);
}

export const leaderHunt: Scenario = {
  name: 'leader-hunt',
  sentence:
    'Whoever leads is struck: by a crash, a cut, a suspension, or a slow disk that follows the lead; and now and then a member is killed again and again as it starts.',
  members: 5,
  clients: 4,
  durationMs: 25_000,
  workload: registers(mixedRegisters),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      yield* story.random.pick([hunt, hunt, loop, slowDisks])(story);
      yield* story.sleepBetween(200, 1000);
    }
  },
  sometimes: [{ goal: threeStruck }, { goal: looped }, { goal: slowLed }],
};
