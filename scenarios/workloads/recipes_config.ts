import type { EtcdClient } from '../../core/client/api.ts';
import { prefixRange, text } from '../../core/client/keys.ts';
import { ConfigFollower, publish } from '../../core/client/recipes/config.ts';
import { type View, checkFollowers } from '../../sim/checkers/recipes/followers.ts';
import type { Observed, ScenarioCheck, Workload, WorkloadClient } from '../../sim/scenario.ts';
import { type Script, nsPerMs } from '../../sim/script.ts';
import { Topic, bytes, checkOf, counted, nameOf } from './recipes.ts';

const prefix = bytes('config/');
/** Changed together, always. */
const pair = ['limits', 'routes'].map(bytes);
/** Changed now and then: who misses it does not find out by the next change. */
const theme = bytes('theme');
/** After the last fault the configuration is changed once more, read after a while, and followed for longer. */
const settleMs = 5000;
const followOnMs = 12_000;

type AnyFollower = Pick<ConfigFollower, 'next' | 'snapshots'>;

/** The parts of the workload that a test replaces to see it fail. */
export const configParts = {
  follow: (etcd: EtcdClient): AnyFollower => new ConfigFollower(etcd, prefix),
};

const view = new Topic<{ readonly follower: string; readonly revision: number; readonly content: string }>(
  'config-view',
);
const again = new Topic<null>('config-read-again');
const last = new Topic<{ readonly content: string }>('config-last');
const mixed = new Topic<{ readonly content: string }>('config-mixed');

/** The first client changes several values at a time and compacts the history behind it; the others follow, and start again now and then. */
export function configWorkload(parts: typeof configParts = configParts): Workload {
  return (client) => (client.number === 1 ? publisher(client) : follower(client, parts));
}

function* publisher(client: WorkloadClient): Script {
  const { etcd, random } = client;
  for (let epoch = 1; !client.over; epoch++) {
    yield* client.sleep(random.below(400));
    const published = yield* publishEpoch(client, epoch, random.chance(1, 3));
    if (published.status !== 'ok' || published.value === null) continue;
    // So that whoever was cut off for a moment finds its place in the history gone.
    if (random.chance(1, 4)) yield* etcd.compact(published.value);
  }
  for (let epoch = 1_000_000; ; epoch++) {
    if ((yield* publishEpoch(client, epoch, false)).status === 'ok') break;
    yield* client.sleep(100);
  }
  yield* client.sleep(settleMs);
  for (;;) {
    const got = yield* etcd.range(prefixRange(prefix));
    if (got.status !== 'ok') continue;
    const values = got.response.kvs.map(
      ({ key, value }) => [text(key).slice(prefix.length), text(value)] as const,
    );
    last.note(client, { content: contentOf(values) });
    return;
  }
}

function publishEpoch(client: WorkloadClient, epoch: number, withTheme: boolean) {
  const value = bytes(`epoch ${epoch}`);
  const names = withTheme ? [...pair, theme] : pair;
  return publish(client.etcd, prefix, new Map(names.map((name) => [name, value])));
}

function contentOf(values: Iterable<readonly [string, string]>): string {
  return [...values].map(([name, value]) => `${name}=${value}`).join(', ');
}

function* follower(client: WorkloadClient, parts: typeof configParts): Script {
  const { etcd, random } = client;
  let overNs = Infinity;
  for (let start = 1; ; start++) {
    const following = parts.follow(etcd);
    const name = `c${client.number}.${start}`;
    let snapshots = following.snapshots;
    for (let steps = random.between(10, 40); steps > 0; steps--) {
      const now = yield* etcd.now();
      if (client.over && overNs === Infinity) overNs = now;
      if (now > overNs + followOnMs * nsPerMs) return;
      const configuration = yield* following.next(500);
      if (following.snapshots > Math.max(1, snapshots)) again.note(client, null);
      ({ snapshots } = following);
      // Who is to see the end must not start again shortly before it.
      if (client.over) steps = Math.max(steps, 2);
      if (configuration === null) continue;
      const values = [...configuration.values].map(([key, value]) => [text(key), text(value)] as const);
      const content = contentOf(values);
      view.note(client, { follower: name, revision: configuration.revision, content });
      const paired = pair.map((each) => configuration.values.get(each));
      if (new Set(paired).size > 1) mixed.note(client, { content });
    }
  }
}

export function configFacts(observed: Observed): { readonly views: number; readonly readAgain: number } {
  return { views: view.of(observed).length, readAgain: again.of(observed).length };
}

/** Those that were following in the end: the last that each client started. */
function lastFollowers(views: readonly View[], clientOf: (position: number) => string): string[] {
  return [...new Map(views.map(({ follower: name }, at) => [clientOf(at), name])).values()];
}

export function judgeConfig(observed: Observed): ScenarioCheck[] {
  const notes = view.of(observed);
  const views = notes.map(({ data }) => data);
  const [end] = last.of(observed);
  const { readAgain } = configFacts(observed);
  const followers = lastFollowers(views, (position) => nameOf(notes[position] ?? { client: 0 }));
  const found = checkFollowers(
    views,
    observed.woundDown && end !== undefined ? { content: end.data.content, followers } : null,
  );
  return [
    checkOf(
      {
        name: 'every watcher gets the last configuration',
        guarantee:
          'followers never go back, agree on each revision, and end with the last configuration (etcd API: watch, resumable)',
      },
      `${counted(views.length, 'view')}, ${readAgain} times all was read again`,
      found,
      (position) => notes[position]?.ns ?? 0,
    ),
    {
      name: 'no configuration is a mixture',
      guarantee: 'values that were changed in one txn are seen together (etcd API: watch, atomic)',
      detail: counted(views.length, 'view'),
      violations: mixed.of(observed).map((note) => ({
        sentence: `${nameOf(note)} had the configuration ${note.data.content}, which nobody published`,
        atNs: note.ns,
      })),
    },
  ];
}
