import { mixedRegisters, registers } from '../../scenarios/workloads/registers.ts';
import type { Scenario } from '../../sim/scenario.ts';

/** Small enough to be run a hundred times in a second. */
export const tiny: Scenario = {
  name: 'tiny-power-failure',
  sentence: 'Disks are slow, and then the power fails.',
  members: 3,
  clients: 2,
  durationMs: 2000,
  workload: registers({ ...mixedRegisters, pauseMeanMs: 40 }),
  *nemesis(story) {
    for (const member of story.members) story.slowDisk(member, { syncMinMs: 8, syncMeanMs: 20 });
    yield* story.untilLeader();
    for (let round = 0; round < 2; round++) {
      yield* story.sleepBetween(150, 300);
      story.isolate(3);
      yield* story.sleepBetween(50, 100);
      story.heal();
      for (const member of story.members) story.crash(member, 'drop');
      yield* story.sleep(30);
      for (const member of story.members) story.restart(member);
    }
  },
  sometimes: [],
};

/** Breaks its own promise whatever the faults are: as soon as a client's third write, or a later one, succeeds. */
export const red: Scenario = {
  name: 'never-three',
  sentence: 'From the third on no write is acknowledged.',
  members: 5,
  clients: 2,
  durationMs: 2500,
  *workload(client) {
    for (let written = 1; ; written++) {
      yield* client.sleep(100);
      const put = yield* client.put('a', String(written));
      if (put.status === 'ok') client.note('written', written);
    }
  },
  *nemesis() {},
  judge: ({ notes }) => {
    const third = notes.find(({ data }) => typeof data === 'number' && data >= 3);
    const violations = third === undefined ? [] : [{ sentence: 'a third write', atNs: third.ns }];
    return [{ name: 'never three', guarantee: 'None; a test.', detail: '', violations }];
  },
  sometimes: [],
};
