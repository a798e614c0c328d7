import type { Story } from '../../sim/faults/story.ts';
import type { Scenario } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const repeated = 'messages came once more to a leader that was not one any more';
const resumed = 'the leader came back to those who had gone on without it';

const kinds = [
  'MsgApp',
  'MsgAppResp',
  'MsgHeartbeat',
  'MsgHeartbeatResp',
  'MsgPreVote',
  'MsgPreVoteResp',
  'MsgReadIndex',
  'MsgReadIndexResp',
  'MsgSnap',
  'MsgVote',
  'MsgVoteResp',
] as const;

/** Between some of the members, some kinds of messages are lost or kept back; everything else gets through. */
function distort(story: Story): void {
  const { random } = story;
  const from = story.some(random.between(1, 2));
  const to = story.some(random.between(1, story.members.length));
  const only = random.shuffle(kinds).slice(0, random.between(1, 3));
  if (random.chance(1, 2)) story.cutOneWay(from, to, only);
  else story.hold(from, to, only);
}

/** Nothing reaches the leader any more, and it does not hear that it has handed over. */
function* deafLeader(story: Story, leader: number): Script {
  const others = story.others(leader);
  story.hold(others, [leader]);
  story.ask('moveLeader', story.random.pick(others), leader);
  yield* story.untilLeader(3000, leader);
  yield* story.sleepBetween(50, 900);
  if (story.believesToLead(leader)) story.reached(repeated);
  story.repeat(others, [leader], 'MsgReadIndex', story.random.between(1, 3));
  yield* story.sleepBetween(1, 20);
  const how = story.random.pick(['inOrder', 'reversed'] as const);
  story.letThrough(others, [leader], { how, only: ['MsgHeartbeatResp', 'MsgAppResp'] });
  yield* story.sleepBetween(1, 100);
}

function* stillLeader(story: Story, leader: number): Script {
  story.pause(leader);
  yield* story.sleepBetween(300, 5000);
  story.resume(leader);
  story.reached(resumed);
  yield* story.sleepBetween(50, 1500);
}

export const oneKindOfMessage: Scenario = {
  name: 'one-kind-of-message',
  sentence:
    'Messages of a few kinds are lost or kept back, or come again, while the leader stands still, is deaf, hands over or goes down.',
  members: 3,
  clients: 6,
  durationMs: 25_000,
  member: { snapshotCount: 100, catchUpEntries: 10 },
  workload: registers({ ...mixedRegisters, get: 60, pauseMeanMs: 30 }),
  *nemesis(story) {
    for (;;) {
      yield* story.untilLeader();
      yield* story.sleepBetween(50, 1200);
      for (let count = story.random.between(1, 3); count > 0; count--) distort(story);
      yield* story.sleepBetween(1, 300);
      const leader = story.leader();
      if (leader === 0) continue;
      const draw = story.random.below(4);
      if (draw === 0) yield* deafLeader(story, leader);
      else if (draw === 1) yield* stillLeader(story, leader);
      else if (draw === 2) yield* story.admin('moveLeader', story.random.pick(story.others(leader)), leader);
      else {
        story.crash(leader);
        yield* story.sleepBetween(300, 3000);
      }
      story.heal();
      yield* story.sleepBetween(0, 1500);
      for (const member of story.members) if (story.random.chance(3, 4)) story.restart(member);
    }
  },
  sometimes: [{ goal: repeated }, { goal: resumed }],
};
