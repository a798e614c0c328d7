import type { Story } from '../../sim/faults/story.ts';
import type { Scenario } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const promoted = 'a learner caught up and became a voter';
const leaderRemoved = 'the leader was removed from its own cluster';
const refused = 'a change that could cost the quorum was refused';
const replaced = 'a first member was replaced and the cluster still took writes';

const strictRefusals: readonly string[] = [
  'etcdserver: unhealthy cluster',
  'etcdserver: re-configuration failed due to not enough started members',
];

function heard(story: Story, answer: string): boolean {
  if (strictRefusals.includes(answer)) story.reached(refused);
  return answer === 'ok';
}

function* grow(story: Story, spare: number): Script {
  const asLearner = story.random.chance(1, 2);
  const answer = yield* story.addMember(spare, asLearner ? 'addLearner' : 'addMember');
  if (!heard(story, answer) || !asLearner) return;
  for (let tries = 0; tries < 20 && story.isLearner(spare); tries++) {
    yield* story.sleepBetween(100, 600);
    if (heard(story, yield* story.admin('promoteMember', spare))) story.reached(promoted);
  }
}

function* shrink(story: Story): Script {
  const leader = story.leader();
  const victim = story.random.chance(1, 3) && leader !== 0 ? leader : story.random.pick(story.members);
  // Also with somebody down, when that may be too much.
  if (story.random.chance(1, 3)) story.crash(story.random.pick(story.others(victim)));
  if (!heard(story, yield* story.admin('removeMember', victim))) return;
  if (victim === leader) story.reached(leaderRemoved);
  const next = yield* story.untilLeader(10_000, victim);
  const before = story.commitIndex(next);
  yield* story.sleep(500);
  if (next !== 0 && victim <= 3 && story.commitIndex(next) > before) story.reached(replaced);
}

export const membershipChurn: Scenario = {
  name: 'membership-churn',
  sentence:
    'Machines join as learners or voters, learners are promoted, members and leaders are removed for good, and some crash meanwhile, under load.',
  members: 3,
  spares: 4,
  clients: 4,
  durationMs: 45_000,
  member: { snapshotCount: 100, catchUpEntries: 20 },
  workload: registers(mixedRegisters),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      // Changes are taken only when all voters have been connected for 5 s; now and then it is too early.
      yield* story.sleepBetween(2500, 7500);
      for (const member of story.members) story.restart(member);
      const [spare] = story.spares;
      const grows = story.members.length < 3 || (story.members.length < 5 && story.random.chance(1, 2));
      if (spare !== undefined && grows) yield* grow(story, spare);
      else if (story.members.length > 2) yield* shrink(story);
      if (story.random.chance(1, 4)) {
        const member = story.random.pick(story.members);
        yield* story.bounce(member, story.random.between(50, 800));
      }
    }
  },
  sometimes: [{ goal: promoted }, { goal: leaderRemoved }, { goal: refused }, { goal: replaced }],
};
