import type { Story } from '../../sim/faults/story.ts';
import type { Scenario } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const grown = 'a machine joined while the leader was in trouble';
const shrunk = 'a member was removed while the leader was in trouble';
const nsPerMs = 1_000_000;

/** The second change comes at the same moment, a little later, when the first is just made, or when another one leads. */
function* between(story: Story, leader: number, heir: number): Script {
  const draw = story.random.below(5);
  const before = story.members.length;
  if (draw === 0) yield* story.sleepBetween(1, 300);
  else if (draw === 1) yield* story.until(() => story.members.length !== before, 1000);
  else if (draw === 2) {
    story.ask('moveLeader', heir, leader);
    yield* story.until(() => story.leader() === heir, 1000);
  } else if (draw === 3) {
    yield* story.sleepBetween(1, 60);
    story.pause(leader);
    yield* story.untilLeader(4000, leader);
  }
}

/** Two people ask for a change at the same moment, of the leader or of whoever leads next. */
function* twoChanges(story: Story, leader: number, heir: number): Script<readonly number[]> {
  const { random, spares } = story;
  const grows = spares.length > 1 && (story.members.length < 4 || random.chance(1, 3));
  const chosen = grows ? story.some(2, spares) : story.some(2, story.others(leader));
  for (const [position, member] of chosen.entries()) {
    const via = position === 0 || story.leader() === 0 ? leader : story.leader();
    story.ask(grows ? 'addMember' : 'removeMember', member, via);
    if (position === 0) yield* between(story, leader, heir);
  }
  return grows ? chosen : [];
}

/** What the leader's change does to the others does not get to them. */
function* trouble(story: Story, leader: number, joined: readonly number[]): Script {
  const others = story.others(leader, ...joined);
  if (others.length === 0) return;
  // Who stood still for the change goes on in the middle of it.
  for (const member of others) story.resume(member);
  const draw = story.random.below(4);
  if (draw === 0) story.cutOneWay([leader], others);
  else if (draw === 1) story.partition([leader, ...joined], others);
  else if (draw === 2) story.pause(leader);
  else story.ask('moveLeader', story.random.pick(others), leader);
  // Only who has become a member is started.
  for (const member of joined) if (story.members.includes(member)) story.restart(member);
  yield* story.sleepBetween(500, 4500);
}

export const hastyChanges: Scenario = {
  name: 'hasty-changes',
  sentence:
    'Two people change the members of a far-flung cluster at the same moment, and just then the leader is cut off, stands still or hands over; nobody checks whether the change is wise.',
  members: 3,
  spares: 6,
  clients: 4,
  durationMs: 45_000,
  links: { delayMinNs: 40 * nsPerMs, delayMeanNs: 20 * nsPerMs },
  member: { snapshotCount: 100, catchUpEntries: 20, strictReconfiguration: false },
  workload: registers({ ...mixedRegisters, pauseMeanMs: 150 }),
  *nemesis(story) {
    for (;;) {
      yield* story.untilLeader();
      yield* story.sleepBetween(1000, 3000);
      const leader = story.leader();
      const before = story.members.length;
      if (leader === 0 || before < 3) continue;
      // Who gets the entries, and who does not, while the change is made.
      const [heir = leader, ...rest] = story.random.shuffle(story.others(leader));
      if (story.random.chance(1, 2)) story.cutOneWay([leader, heir], rest.slice(0, 1), ['MsgApp']);
      const joined = yield* twoChanges(story, leader, heir);
      yield* story.sleepBetween(1, 300);
      yield* trouble(story, story.leader() === 0 ? leader : story.leader(), joined);
      if (story.members.length > before) story.reached(grown);
      if (story.members.length < before) story.reached(shrunk);
      story.heal();
      for (const member of story.members) {
        story.resume(member);
        story.restart(member);
      }
    }
  },
  sometimes: [{ goal: grown }, { goal: shrunk }],
};
