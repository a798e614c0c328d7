import { bytes, endOfKeys, prefixRange } from '../../core/client/index.ts';
import { nodeId } from '../../core/base/ids.ts';
import type { Scenario, WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { visibleLinks } from './steps.ts';

const members = 3;
const noSpace = 'etcdserver: mvcc: database space exceeded';
const prefix = 'big/';

/** Writes until there is no room, reads, makes room as a person would, and writes again. */
function* fillAndEmpty(client: WorkloadClient): Script {
  const { etcd } = client;
  for (let count = 1; ; count++) {
    yield* client.sleep(20);
    const put = yield* etcd.put(bytes(`${prefix}${count % 40}`), bytes('x'.repeat(1000)));
    if (put.status === 'ok' || put.message !== noSpace) continue;
    yield* client.sleep(300);
    yield* etcd.get(bytes(`${prefix}1`));
    yield* client.sleep(300);
    yield* makeRoom(client);
    yield* client.sleep(300);
    yield* disarm(client);
  }
}

function* makeRoom({ etcd }: WorkloadClient): Script {
  yield* etcd.call({ kind: 'delete_range', delete_range: prefixRange(bytes(prefix)) });
  const now = yield* etcd.get(endOfKeys, { count_only: true });
  if (now.status === 'ok') yield* etcd.compact(now.response.header.revision, true);
  for (let member = 1; member <= members; member++) {
    yield* etcd.defragment(nodeId(member));
  }
}

function* disarm({ etcd }: WorkloadClient): Script {
  const listed = yield* etcd.call({ kind: 'alarm', alarm: { action: 'GET' } });
  if (listed.status !== 'ok' || listed.response.kind !== 'alarm') return;
  for (const { memberID, alarm } of listed.response.alarm.alarms) {
    yield* etcd.call({ kind: 'alarm', alarm: { action: 'DEACTIVATE', memberID, alarm } });
  }
}

export const lessonQuotaAlarm: Scenario = {
  name: 'lesson-quota-alarm',
  sentence:
    'A client fills the database up to its quota, is refused, makes room, disarms the alarm, and writes on.',
  members,
  clients: 1,
  durationMs: 11_500,
  links: visibleLinks,
  member: { quotaBytes: 160 * 1024 },
  workload: fillAndEmpty,
  *nemesis(story) {
    yield* story.untilLeader();
  },
  sometimes: [],
};
