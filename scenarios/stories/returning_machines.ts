import type { Story } from '../../sim/faults/story.ts';
import type { Scenario } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const members = 3;
const refused = 'a removed machine was started on the data that it had, and ended by itself';
const returned = 'a removed machine was wiped, joined as a new member and caught up';
const idKept = 'a removed member was not let in again under its old id';

/** Takes a member out of the cluster; its machine stands there with its data. False if the cluster does not agree. */
function* takeOut(story: Story, machine: number): Script<boolean> {
  if (story.random.chance(1, 2)) story.crash(machine);
  yield* story.untilLeader(5000, story.isUp(machine) ? 0 : machine);
  const via = story.random.pick(story.others(machine));
  if ((yield* story.admin('removeMember', machine, via)) !== 'ok') return false;
  // A member that hears of it ends; one that was down, or cut off, knows nothing.
  yield* story.untilDown(machine, story.random.between(0, 3000));
  story.crash(machine);
  return true;
}

/** Asks until the cluster agrees: it does not as long as it has not been well for some time. */
function* letIn(story: Story, machine: number): Script<boolean> {
  for (let tries = 0; tries < 10; tries++) {
    const answer = yield* story.admin('addMember', machine);
    if (answer === 'ok' || story.members.includes(machine)) return true;
    yield* story.sleepBetween(500, 1500);
  }
  return false;
}

/** Somebody forgot to clean up: the machine starts as who it was. */
function* startOnOldData(story: Story, machine: number): Script {
  if (!story.restart(machine)) return;
  if (yield* story.untilDown(machine, 4000)) story.reached(refused);
  story.crash(machine);
}

export const returningMachines: Scenario = {
  name: 'returning-machines',
  sentence:
    'One machine after the other is removed from the cluster and added again as a new member. Some are first started on the data of the member that they were, which has to end, before they are wiped.',
  members,
  spares: members,
  sparesTakeOver: true,
  clients: 4,
  durationMs: 45_000,
  member: { snapshotCount: 100, catchUpEntries: 20 },
  workload: registers(mixedRegisters),
  *nemesis(story) {
    yield* story.untilLeader();
    for (const machine of story.random.shuffle([...story.members])) {
      // The members are changed only when all have been connected for 5 s.
      yield* story.sleepBetween(6000, 8000);
      if (!(yield* takeOut(story, machine))) {
        story.restart(machine);
        continue;
      }
      if (story.random.chance(1, 3) && (yield* story.admin('addMember', machine)) !== 'ok')
        story.reached(idKept);
      const successor = members + machine;
      const isFirst = story.random.chance(1, 2);
      if (isFirst) yield* startOnOldData(story, machine);
      if (!(yield* letIn(story, successor))) return;
      if (!isFirst && story.random.chance(1, 2)) yield* startOnOldData(story, machine);
      story.wipeDisk(machine);
      story.restart(successor);
      if (yield* story.untilCaughtUp(successor)) story.reached(returned);
    }
  },
  sometimes: [{ goal: refused }, { goal: returned }, { goal: idKept }],
};
