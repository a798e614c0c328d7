import { bytes, endOfKeys, prefixRange } from '../../core/client/index.ts';
import type { ClientRequest } from '../../core/server/api/index.ts';
import { nodeId } from '../../core/base/ids.ts';
import type { Workload, WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';

const noSpace = 'etcdserver: mvcc: database space exceeded';
const prefix = 'big/';

export const quotaWindDownMs = 20_000;

/** The first client makes room when there is none; the others write until there is none. */
export function quotaLoad(members: number): Workload {
  return (client) => (client.number === 1 ? makeRoom(client, members) : fill(client));
}

function* fill(client: WorkloadClient): Script {
  const { etcd, random } = client;
  let refused = false;
  for (let count = 1; !client.over; count++) {
    yield* client.sleep(random.between(10, 60));
    const key = bytes(`${prefix}c${client.number}.${random.below(20)}`);
    const put = yield* etcd.put(key, bytes(`${client.number}.${count}.${'x'.repeat(4000)}`));
    if (put.status === 'ok') {
      if (refused) client.note('room', {});
      refused = false;
      continue;
    }
    if (put.message !== noSpace) continue;
    refused = true;
    client.note('full', {});
    // What does not grow goes on: reading and deleting.
    const got = yield* etcd.get(key);
    const deleted = yield* etcd.delete(key);
    if (got.status === 'ok' && deleted.status === 'ok') client.note('deleted', {});
    yield* client.sleep(200);
  }
}

/** What a person does: deletes, compacts, defragments every member, and disarms the alarm. */
function* makeRoom(client: WorkloadClient, members: number): Script {
  const { etcd } = client;
  for (let quiet = 0; ;) {
    yield* client.sleep(500);
    const listed = yield* etcd.call({ kind: 'alarm', alarm: { action: 'GET' } });
    const alarms =
      listed.status === 'ok' && listed.response.kind === 'alarm' ? listed.response.alarm.alarms : null;
    if (alarms === null || (alarms.length === 0 && !client.over)) continue;
    if (!(yield* empty(client, members))) continue;
    for (const { memberID, alarm } of alarms) {
      const disarm: ClientRequest = { kind: 'alarm', alarm: { action: 'DEACTIVATE', memberID, alarm } };
      yield* etcd.call(disarm);
    }
    // A member that lags may still apply what does not fit, and raise its alarm.
    quiet = client.over && alarms.length === 0 ? quiet + 1 : 0;
    if (quiet === 5) return;
  }
}

function* empty({ etcd }: WorkloadClient, members: number): Script<boolean> {
  const deleted = yield* etcd.call({ kind: 'delete_range', delete_range: prefixRange(bytes(prefix)) });
  if (deleted.status !== 'ok') return false;
  const now = yield* etcd.get(endOfKeys, { count_only: true });
  if (now.status !== 'ok') return false;
  // Refused if nothing is new since the last time.
  yield* etcd.compact(now.response.header.revision, true);
  for (let member = 1; member <= members; member++) {
    yield* etcd.defragment(nodeId(member));
  }
  return true;
}
