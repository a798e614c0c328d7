import type { RequestOp } from '../../core/server/api/index.ts';
import { prefixRange, text } from '../../core/client/keys.ts';
import { Mirror, type MirrorEnds } from '../../core/client/recipes/mirror.ts';
import { checkFollowers } from '../../sim/checkers/recipes/followers.ts';
import type { Observed, ScenarioCheck, Workload, WorkloadClient } from '../../sim/scenario.ts';
import { type Script, nsPerMs } from '../../sim/script.ts';
import { Topic, bytes, checkOf, counted } from './recipes.ts';

const source = bytes('source/');
const copy = bytes('copy/');
const positionKey = bytes('position');
const keyNames = ['a', 'b', 'c', 'd', 'e', 'f'];
/** The copy must be equal this long after the last fault; those who copy go on for longer. */
const settleMs = 8000;
const copyOnMs = 10_000;

/** The parts of the workload that a test replaces to see it fail. */
export const mirrorParts = {
  mirror: (ends: MirrorEnds): Pick<Mirror, 'next' | 'snapshots'> => new Mirror(ends),
};

const view = new Topic<{
  readonly follower: 'source' | 'copy';
  readonly revision: number;
  readonly content: string;
}>('mirror-view');
const end = new Topic<{ readonly source: string; readonly copy: string }>('mirror-end');
const resumed = new Topic<{ readonly why: 'crash' | 'lost' }>('mirror-resumed');
const again = new Topic<null>('mirror-read-again');

/** The first client writes and compacts, the second compares; the others copy, crash, and get into each other's way. */
export function mirrorWorkload(parts: typeof mirrorParts = mirrorParts): Workload {
  return (client) => {
    if (client.number === 1) return writer(client);
    return client.number === 2 ? comparer(client) : copier(client, parts);
  };
}

function* writer(client: WorkloadClient): Script {
  const { etcd, random } = client;
  for (let number = 1; !client.over; number++) {
    yield* client.sleep(random.below(250));
    const chosen = random.shuffle(keyNames).slice(0, random.between(1, 3));
    const success = chosen.map((name): RequestOp => {
      const key = bytes(`source/${name}`);
      if (random.chance(1, 4)) return { kind: 'delete_range', delete_range: { key } };
      return { kind: 'put', put: { key, value: bytes(String(number)) } };
    });
    const written = yield* etcd.txn({ compare: [], success, failure: [] });
    if (written.status === 'ok' && random.chance(1, 3)) yield* etcd.compact(written.response.header.revision);
  }
}

function* copier(client: WorkloadClient, parts: typeof mirrorParts): Script {
  const { etcd, random } = client;
  let overNs = Infinity;
  for (;;) {
    const mirror = parts.mirror({
      source: etcd,
      sourcePrefix: source,
      destination: etcd,
      destinationPrefix: copy,
      positionKey,
    });
    let why: 'crash' | 'lost' = 'crash';
    let snapshots = 1;
    for (let steps = random.between(5, 60); steps > 0; steps--) {
      const now = yield* etcd.now();
      if (client.over && overNs === Infinity) overNs = now;
      if (now > overNs + copyOnMs * nsPerMs) return;
      if (random.chance(1, 10)) yield* client.sleep(random.between(500, 3000));
      const copied = yield* mirror.next(1000);
      if (mirror.snapshots > snapshots) again.note(client, null);
      snapshots = Math.max(snapshots, mirror.snapshots);
      if (copied.status !== 'lost') continue;
      why = 'lost';
      break;
    }
    // Who was overtaken lets the other go on for a while.
    if (why === 'lost') yield* client.sleep(random.below(2000));
    resumed.note(client, { why });
  }
}

/** Copy and position at one revision of the destination; then the source as it was at that position. */
function* comparer(client: WorkloadClient): Script {
  const { etcd } = client;
  let overNs = Infinity;
  for (;;) {
    const now = yield* etcd.now();
    if (client.over && overNs === Infinity) overNs = now;
    yield* client.sleep(client.random.below(300));
    const looked = yield* etcd.txn({
      compare: [],
      success: [
        { kind: 'range', range: { key: positionKey } },
        { kind: 'range', range: prefixRange(copy) },
        { kind: 'range', range: prefixRange(source) },
      ],
      failure: [],
    });
    if (looked.status !== 'ok') continue;
    const [position, copied, present] = looked.response.responses.map((each) =>
      each.kind === 'range' ? each.range.kvs : [],
    );
    const shown = contentOf(copied ?? [], copy.length);
    if (now > overNs + settleMs * nsPerMs) {
      end.note(client, { source: contentOf(present ?? [], source.length), copy: shown });
      return;
    }
    const at = position?.[0];
    if (at === undefined) continue;
    const revision = Number(text(at.value));
    view.note(client, { follower: 'copy', revision, content: shown });
    const then = yield* etcd.range({ ...prefixRange(source), revision });
    // It may have been compacted away.
    if (then.status !== 'ok') continue;
    view.note(client, { follower: 'source', revision, content: contentOf(then.response.kvs, source.length) });
  }
}

function contentOf(
  pairs: readonly { readonly key: ReturnType<typeof bytes>; readonly value: ReturnType<typeof bytes> }[],
  prefixLength: number,
): string {
  return pairs.map(({ key, value }) => `${text(key).slice(prefixLength)}=${text(value)}`).join(' ');
}

export function mirrorFacts(observed: Observed): { readonly lost: number; readonly readAgain: number } {
  const lost = resumed.of(observed).filter(({ data }) => data.why === 'lost').length;
  return { lost, readAgain: again.of(observed).length };
}

export function judgeMirror(observed: Observed): ScenarioCheck[] {
  const notes = view.of(observed);
  const views = notes.map(({ data }) => data);
  const compared = views.filter(({ follower }) => follower === 'source').length;
  const ends = end.of(observed);
  return [
    checkOf(
      {
        name: 'a copy is the source of one revision',
        guarantee:
          'copy and position change together, never go back, and are what the source was then (etcd: make-mirror)',
      },
      `${counted(views.length - compared, 'look')}, ${compared} compared`,
      checkFollowers(views, null),
      (position) => notes[position]?.ns ?? 0,
    ),
    {
      name: 'the copy is equal in the end',
      guarantee: 'when nothing is written any more the copy becomes equal to the source',
      detail: ends.length === 0 ? 'not looked at' : (ends[0]?.data.copy ?? ''),
      violations: ends
        .filter(({ data }) => data.source !== data.copy)
        .map(({ ns, data }) => ({
          sentence: `the copy ended with ${data.copy}, the source with ${data.source}`,
          atNs: ns,
        })),
    },
  ];
}
