import { bytes } from '../../core/client/index.ts';
import { nodeId } from '../../core/base/ids.ts';
import type { Scenario, Workload } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { compactor } from '../workloads/compactor.ts';
import { etcdMixes, etcdTraffic, etcdTrafficRange } from '../workloads/etcd_traffic.ts';
import { roles } from '../workloads/roles.ts';
import { watchReaders } from '../workloads/watch_readers.ts';

const members = 3;
const inTheMiddle = 'a member ended in the middle of a defragmentation';
const slowlyBack = 'a member with a slow disk came back by a snapshot';

const sites = [
  'defragBeforeCopy',
  'defragBeforeRename',
  'beforeSyncDataPages',
  'beforeSyncMetaPage',
] as const;

/** Somebody has one member after the other cut the free pages out of its database, whatever goes on. */
const defragmenter: Workload = function* (client): Script {
  const { etcd, random } = client;
  for (;;) {
    yield* client.sleep(random.between(10, 150));
    yield* etcd.defragment(nodeId(1 + random.below(members)), { timeoutMs: 300 });
  }
};

/** Txns that write, and read the past: those that come too late for the past must do nothing at all. */
const historians: Workload = function* (client): Script {
  const { etcd, random } = client;
  for (let count = 1; ; count++) {
    yield* client.sleep(random.between(5, 60));
    const now = yield* etcd.get(bytes('key0'));
    if (now.status !== 'ok') continue;
    const revision = Math.max(1, now.response.header.revision - random.below(40));
    const key = bytes(`key${random.below(10)}`);
    yield* etcd.txn({
      compare: [],
      success: [
        { kind: 'put', put: { key, value: bytes(`h${client.number}.${count}`) } },
        { kind: 'range', range: { key, revision } },
      ],
      failure: [],
    });
  }
};

export const defragStorm: Scenario = {
  name: 'defrag-storm',
  sentence:
    'Members are defragmented again and again under load, while the history is compacted, while they lose power in the middle of it, and while some with slow disks install snapshots.',
  members,
  clients: 7,
  durationMs: 20_000,
  member: { snapshotCount: 40, catchUpEntries: 3, compactionBatchLimit: 20, walSegmentBytes: 16 * 1024 },
  workload: roles(
    [
      { clients: 2, workload: defragmenter },
      { clients: 1, workload: compactor({ intervalMs: 80 }) },
      { clients: 1, workload: historians },
      { clients: 1, workload: watchReaders({ ...etcdTrafficRange, offsetMax: 40 }) },
    ],
    etcdTraffic({ mix: etcdMixes.EtcdPutDeleteLease, pauseMeanMs: 15 }),
  ),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      yield* story.sleepBetween(100, 1000);
      const member = story.random.pick(story.members);
      if (story.random.chance(1, 2)) {
        const before = story.commitIndex(member);
        story.slowDisk(member, { syncMinMs: 5, syncMeanMs: story.random.between(5, 60) });
        story.isolate(member);
        yield* story.sleepBetween(300, 1500);
        story.heal();
        if ((yield* story.untilCaughtUp(member, 2500)) && story.commitIndex(member) > before + 40)
          story.reached(slowlyBack);
        if (story.random.chance(1, 2)) {
          yield* story.sleepBetween(0, 500);
          yield* story.bounce(member, story.random.between(20, 300));
        }
        story.slowDisk(member, { syncMinMs: 0.3, syncMeanMs: 1.7 });
        continue;
      }
      story.failpoint(member, story.random.pick(sites), story.random.below(2));
      if (yield* story.until(() => !story.isUp(member), 1000)) story.reached(inTheMiddle);
      yield* story.sleepBetween(20, 500);
      story.restart(member);
    }
  },
  sometimes: [{ goal: inTheMiddle }, { goal: slowlyBack }],
};
