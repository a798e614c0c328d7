import type { Scenario } from '../../../sim/scenario.ts';
import { oneRegister } from './one_register.ts';

export const singletonReadsEarly: Scenario = {
  name: 'bug-singleton-reads-early',
  sentence:
    'The only member loses power after a write, and is read again while its slow disk opens the next term.',
  members: 1,
  clients: 2,
  durationMs: 7000,
  workload: oneRegister(1),
  *nemesis(story) {
    yield* story.untilLeader();
    yield* story.sleep(500);
    story.crash(1, 'drop');
    story.slowDisk(1, { syncMinMs: 700, syncMeanMs: 0 });
    yield* story.sleep(50);
    story.restart(1);
  },
  sometimes: [],
};
