import type { ByteString } from '../../core/base/bytes.ts';
import type { EtcdClient } from '../../core/client/api.ts';
import { text } from '../../core/client/keys.ts';
import { publish } from '../../core/client/recipes/config.ts';
import { SelfMetadata } from '../../core/client/recipes/self_metadata.ts';
import { checkFollowers } from '../../sim/checkers/recipes/followers.ts';
import type { Observed, ScenarioCheck, Workload, WorkloadClient } from '../../sim/scenario.ts';
import { type Script, nsPerMs } from '../../sim/script.ts';
import { Topic, bytes, checkOf, counted, nameOf } from './recipes.ts';

const prefix = bytes('metadata/');
const addresses = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
const nodes = ['n1', 'n2', 'n3', 'n4'];
const settleMs = 6000;

type AnyMetadata = Pick<SelfMetadata, 'next' | 'self' | 'revision' | 'snapshots'>;

/** The parts of the workload that a test replaces to see it fail. */
export const metadataParts = {
  serve: (etcd: EtcdClient): AnyMetadata => new SelfMetadata(etcd, prefix),
};

const answered = new Topic<{ readonly revision: number; readonly content: string }>('metadata-view');
const wrong = new Topic<{ readonly address: string; readonly owner: string }>('metadata-wrong');
const again = new Topic<null>('metadata-read-again');

/** The first client moves machines between nodes, mapping and data in one txn; the others tell each machine about itself. */
export function metadataWorkload(parts: typeof metadataParts = metadataParts): Workload {
  return (client) => (client.number === 1 ? administrator(client) : server(client, parts));
}

function* administrator(client: WorkloadClient): Script {
  const { etcd, random } = client;
  while (!client.over) {
    yield* client.sleep(random.below(300));
    const published = yield* publish(etcd, prefix, drawn(client));
    if (published.status !== 'ok' || published.value === null) continue;
    if (random.chance(1, 4)) yield* etcd.compact(published.value);
  }
}

/** Every machine on a node of its own: the node's data names it, and its mapping the node. A node in no use has no owner. */
function drawn({ random }: WorkloadClient): Map<ByteString, ByteString | null> {
  const places = random.shuffle(nodes);
  const values = new Map<ByteString, ByteString | null>();
  for (const [position, node] of places.entries()) {
    const address = addresses[position];
    values.set(bytes(`data/nodes/${node}/owner`), address === undefined ? null : bytes(address));
    values.set(bytes(`data/nodes/${node}/epoch`), bytes(String(random.below(1000))));
    if (address !== undefined) values.set(bytes(`mapping/${address}/node`), bytes(`nodes/${node}`));
  }
  return values;
}

function* server(client: WorkloadClient, parts: typeof metadataParts): Script {
  const { etcd } = client;
  const metadata = parts.serve(etcd);
  let snapshots = 1;
  let overNs = Infinity;
  for (;;) {
    const now = yield* etcd.now();
    if (client.over && overNs === Infinity) overNs = now;
    if (now > overNs + settleMs * nsPerMs) return;
    if ((yield* metadata.next(500)) === null) continue;
    if (metadata.snapshots > snapshots) again.note(client, null);
    snapshots = Math.max(snapshots, metadata.snapshots);
    const told = addresses.map((address) => tell(client, metadata, address));
    answered.note(client, { revision: metadata.revision, content: told.join('; ') });
  }
}

function tell(client: WorkloadClient, metadata: AnyMetadata, address: string): string {
  const self = [...metadata.self(bytes(address))].map(([name, value]) => [text(name), text(value)] as const);
  const owner = self.find(([name]) => name === 'node/owner')?.[1];
  // Before anything was published nobody has an owner.
  if (self.length > 0 && owner !== address) wrong.note(client, { address, owner: owner ?? 'nobody' });
  return self.map(([name, value]) => `${name}=${value}`).join(', ');
}

export function metadataFacts(observed: Observed): { readonly readAgain: number } {
  return { readAgain: again.of(observed).length };
}

export function judgeMetadata(observed: Observed): ScenarioCheck[] {
  const notes = answered.of(observed);
  const views = notes.map((note) => ({ follower: nameOf(note), ...note.data }));
  const final = views.reduce((a, b) => (b.revision > a.revision ? b : a), { revision: 0, content: '' });
  const followers = [...new Set(views.map(({ follower }) => follower))];
  const found = checkFollowers(views, observed.woundDown ? { content: final.content, followers } : null);
  return [
    checkOf(
      {
        name: 'servers of metadata agree',
        guarantee: 'servers never go back, tell the same at the same revision, and end alike',
      },
      `${counted(views.length, 'view')}, ${metadataFacts(observed).readAgain} times all was read again`,
      found,
      (position) => notes[position]?.ns ?? 0,
    ),
    {
      name: 'a machine is told about itself',
      guarantee: 'an answer is put together from mapping and data of one revision (etcd API: watch, atomic)',
      detail: counted(views.length * addresses.length, 'answer'),
      violations: wrong.of(observed).map((note) => ({
        sentence: `${nameOf(note)} told ${note.data.address} what belongs to ${note.data.owner}`,
        atNs: note.ns,
      })),
    },
  ];
}
