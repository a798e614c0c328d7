import { bytes, prefixRange } from '../../core/client/index.ts';
import type { Scenario, WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { calmWriters, visibleLinks } from './steps.ts';

function* watchAll({ etcd }: WorkloadClient): Script {
  const watch = yield* etcd.watch({ ...prefixRange(bytes('key')), start_revision: 1 });
  for (;;) yield* watch.next(1000);
}

export const lessonWatchResume: Scenario = {
  name: 'lesson-watch-resume',
  sentence:
    'One client writes, another one watches; the members crash one after the other, and the watch goes on.',
  members: 3,
  clients: 2,
  durationMs: 9000,
  links: visibleLinks,
  workload: (client) => (client.number === 1 ? calmWriters(100)(client) : watchAll(client)),
  *nemesis(story) {
    yield* story.untilLeader();
    yield* story.sleep(1500);
    for (const member of story.members) {
      yield* story.bounce(member, 700, 'keep');
      yield* story.sleep(1200);
    }
  },
  sometimes: [],
};
