import { nodeId } from '../../../core/base/ids.ts';
import { bytes } from '../../../core/client/index.ts';
import type { Scenario, WorkloadClient } from '../../../sim/scenario.ts';
import type { Script } from '../../../sim/script.ts';
import type { BugScript } from '../bug_script.ts';
import { putNew, servingMs, untilMs } from './moments.ts';

const members = 4;
/** When the leader is cut off, for so long that another is elected, and when it is back. */
const cutMs = servingMs + 500;
const backMs = cutMs + 4000;

function* leaderOf({ etcd }: WorkloadClient): Script<number> {
  const told = yield* etcd.call({ kind: 'status', status: {} }, { endpoint: nodeId(1) });
  return told.status === 'ok' && told.response.kind === 'status' ? Number(told.response.status.leader) : 1;
}

const scenario: Scenario = {
  name: 'bug-log-chain-per-file',
  sentence: 'The disk of a deposed leader loses the end of one file of the log, and keeps the next file.',
  members,
  clients: 3,
  durationMs: 10_000,
  member: { walSegmentBytes: 4096 },
  *workload(client) {
    yield* client.sleep(servingMs);
    const leader = yield* leaderOf(client);
    // What nobody else gets: the next leader has other entries at these places.
    yield* untilMs(client, cutMs + 50);
    const put = { key: bytes(`lost${client.number}`), value: bytes('x') };
    yield* client.etcd.call({ kind: 'put', put }, { endpoint: nodeId(leader), timeoutMs: 100 });
    if (client.number > 1) return;
    // One entry that fills the file, long before the old leader is back.
    yield* untilMs(client, backMs - 1000);
    yield* putNew(client, 'large', 1, 'x'.repeat(4000));
    yield* untilMs(client, backMs + 700);
    yield* putNew(client, 'next', 5, 'x'.repeat(1000));
  },
  *nemesis(story) {
    yield* story.sleep(cutMs);
    const leader = story.leader();
    story.isolate(leader);
    yield* story.sleep(backMs - cutMs);
    story.diskFaults(leader, { lyingSync: true });
    story.heal();
    yield* story.sleep(500);
    story.diskFaults(leader, {});
    yield* story.sleep(1000);
    yield* story.bounce(leader, 100, 'drop');
  },
  sometimes: [],
};

export const logChainPerFile: BugScript = {
  bug: 'log-chain-per-file',
  schedule: [
    'A leader is cut off with entries that nobody else gets; another leader writes others at their places.',
    'The cut heals while the old leader’s disk lies: what replaces its entries ends a file of its log, and is never made durable.',
    'The disk tells the truth again, and the next file is complete.',
    'The member loses power and starts again.',
  ],
  scenario,
  seed: '1',
  hunt: [],
};
