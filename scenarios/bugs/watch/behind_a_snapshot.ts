import { bytes } from '../../../core/client/index.ts';
import type { Story } from '../../../sim/faults/story.ts';
import type { Scenario, Workload } from '../../../sim/scenario.ts';
import type { Script } from '../../../sim/script.ts';
import { keepPutting } from '../steps.ts';

const writer = 4;
/** By then every member serves clients, so that each client stays with its own. */
const servingMs = 2500;

/** Three clients watch, at a member each; the fourth writes. */
function watchersAndWriter(startRevision: number): Workload {
  return function* workload(client): Script {
    yield* client.sleep(servingMs);
    if (client.number === writer) return yield* keepPutting(client, 'a', 10);
    const start = startRevision === 0 ? {} : { start_revision: startRevision };
    yield* client.etcd.watch({ key: bytes('a'), ...start });
    yield* client.sleep(10_000);
  };
}

/** A follower that the writer does not talk to is away until the log that it lacks is gone. Its clients stay with it. */
function* awayUntilSnapshot(story: Story): Script {
  yield* story.sleep(servingMs + 300);
  const [away = 0] = story.followers().filter((member) => member !== 1);
  story.isolate(away);
  yield* story.sleep(500);
  story.heal();
}

export function behindSnapshot(
  name: string,
  sentence: string,
  startRevision = 0,
): Pick<Scenario, Exclude<keyof Scenario, 'windDownMs' | 'judge'>> {
  return {
    name,
    sentence,
    members: 3,
    clients: writer,
    durationMs: 3800,
    member: { snapshotCount: 15, catchUpEntries: 2 },
    workload: watchersAndWriter(startRevision),
    nemesis: awayUntilSnapshot,
    sometimes: [
      {
        goal: 'a snapshot replaced the member under its watchers',
        when: (facts) => facts.snapshotsInstalled > 0,
      },
    ],
  };
}
