import { v2WatchTopics } from '../../sim/cluster/v2_watches.ts';
import type { Observed, Scenario } from '../../sim/scenario.ts';
import { judgeV2Watches } from '../workloads/v2_judge.ts';
import { type V2Choice, v2Traffic } from '../workloads/v2_traffic.ts';
import { v2Watcher, v2WatcherTopics } from '../workloads/v2_watchers.ts';
import type { Weights } from '../workloads/weighted.ts';

const members = 3;
const changed = 'another leader was elected under v2 watches';

const mix: Weights<V2Choice> = {
  get: 3,
  set: 30,
  create: 8,
  createInOrder: 20,
  update: 10,
  refresh: 8,
  compareAndSwap: 8,
  compareAndDelete: 4,
  delete: 5,
};

/** One in `/d` is hidden from those who watch `/d`. */
const keys = ['/a', '/b', '/d/x', '/d/_y', '/d/e/z'] as const;

const writer = v2Traffic({ members, pauseMeanMs: 5, livingPer100: 40, mix, keys });
const prompt = { members, pauseMsMax: 0, absencesPer1000: 0, absenceMs: 0 } as const;
const slow = { members, pauseMsMax: 30, absencesPer1000: 100, absenceMs: 11_000 } as const;

/** Every second client watches. */
const watchers = [
  v2Watcher({ ...prompt, key: '/d', recursive: true, stream: false }),
  v2Watcher({ ...prompt, key: '/', recursive: true, stream: true }),
  v2Watcher({ ...slow, key: '/d/x', recursive: false, stream: false }),
  v2Watcher({ ...slow, absenceMs: 2500, key: '/', recursive: true, stream: true }),
] as const;

export const v2Watches: Scenario = {
  name: 'v2-watches',
  sentence:
    'Programs beside the members wait for changes by the v2 API, one at a time or in a stream, promptly or too slowly for the 1,000 events that are kept, while others write, members lose power and leaders are cut off.',
  members,
  clients: 8,
  durationMs: 15_000,
  member: { snapshotCount: 120, catchUpEntries: 10 },
  workload: (client) => {
    const watcher = watchers[(client.number >> 1) - 1] ?? writer;
    return (client.number % 2 === 0 ? watcher : writer)(client);
  },
  *nemesis(story) {
    for (;;) {
      const leader = yield* story.untilLeader();
      yield* story.sleepBetween(1000, 2500);
      const draw = story.random.below(3);
      if (draw === 0) {
        yield* story.bounce(story.random.pick(story.members), story.random.between(50, 2000));
        continue;
      }
      if (draw === 1 && leader !== 0) story.isolate(leader);
      else story.isolate(story.random.pick(story.members));
      if (draw === 1 && (yield* story.untilLeader(4000, leader)) !== 0) story.reached(changed);
      yield* story.sleepBetween(1000, 2500);
      story.heal();
    }
  },
  // A request that nobody answers, and a slow reader that is away, twice.
  windDownMs: 30_000,
  judge: (observed) => judgeV2Watches(observed),
  sometimes: [
    { goal: changed },
    { goal: 'a watcher was told that its index is cleared', when: noted(v2WatcherTopics.cleared) },
    { goal: 'a stream ended because too many events waited', when: noted(v2WatcherTopics.overflown) },
    { goal: 'a snapshot jumped over changes that somebody waited for', when: noted(v2WatchTopics.skipped) },
    { goal: 'a watcher heard that a node expired', when: heardOfExpiry },
    {
      goal: 'all watchers could listen until they had heard everything',
      when: (_facts, { woundDown }) => woundDown,
    },
  ],
};

function noted(topic: string): (facts: unknown, observed: Observed) => boolean {
  return (_facts, { notes }) => notes.some((note) => note.topic === topic);
}

function heardOfExpiry(_facts: unknown, { notes }: Observed): boolean {
  return notes.some(
    ({ topic, data }) =>
      topic === v2WatchTopics.heard &&
      (data as { readonly event: { readonly action: string } }).event.action === 'expire',
  );
}
