import { text } from '../../core/client/keys.ts';
import { Election, LeaderObserver } from '../../core/client/recipes/election.ts';
import type { Ownership } from '../../core/client/recipes/line.ts';
import { type Session, openSession } from '../../core/client/recipes/session.ts';
import type { EtcdClient } from '../../core/client/api.ts';
import { checkObservers } from '../../sim/checkers/recipes/leaders.ts';
import { type Hold, checkExclusion } from '../../sim/checkers/recipes/mutual_exclusion.ts';
import { checkSoleOwner } from '../../sim/checkers/recipes/sole_owner.ts';
import type { Observed, ScenarioCheck, Workload, WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { Topic, bytes, checkOf, counted, nameOf } from './recipes.ts';

const ttlSeconds = 2;
const electionName = bytes('election');

/** The parts of the workload that a test replaces to see it fail. */
export const electionParts = {
  campaign: (session: Session, value: string) =>
    new Election(session, electionName).campaign(bytes(value), 6000),
  observer: (etcd: EtcdClient): Pick<LeaderObserver, 'next'> => new LeaderObserver(etcd, electionName),
};

const saying = new Topic<{ readonly value: string }>('election-saying');
const elected = new Topic<{ readonly token: number; readonly askedNs: number }>('election-won');
const sure = new Topic<{ readonly token: number; readonly sureUntilNs: number }>('election-sure');
const resigning = new Topic<{ readonly token: number }>('election-resigning');
const refused = new Topic<{ readonly token: number }>('election-refused');
const seen = new Topic<{ readonly token: number; readonly value: string; readonly modRevision: number }>(
  'election-seen',
);

/** The first client watches who leads; the others campaign, proclaim, and resign or sleep through their lease. */
export function electionWorkload(parts: typeof electionParts = electionParts): Workload {
  return (client) => (client.number === 1 ? observe(client, parts) : candidate(client, parts));
}

function* observe(client: WorkloadClient, parts: typeof electionParts): Script {
  const observer = parts.observer(client.etcd);
  while (!client.over) {
    const leader = yield* observer.next(500);
    if (leader === null) continue;
    const { token, value, modRevision } = leader;
    seen.note(client, { token, value: text(value), modRevision });
  }
}

function* candidate(client: WorkloadClient, parts: typeof electionParts): Script {
  const { etcd, random } = client;
  for (let said = 1; !client.over; said += 10) {
    yield* client.sleep(random.below(400));
    const opened = yield* openSession(etcd, ttlSeconds, 3000);
    if (opened.status !== 'ok') continue;
    const session = opened.value;
    const askedNs = yield* etcd.now();
    const value = `c${client.number}.${said}`;
    saying.note(client, { value });
    const won = yield* parts.campaign(session, value);
    if (won.status === 'ok') {
      elected.note(client, { token: won.value.token, askedNs });
      yield* lead(client, session, won.value, said + 1);
    }
    yield* session.close(3000);
  }
}

function* lead(client: WorkloadClient, session: Session, leadership: Ownership, first: number): Script {
  const { random } = client;
  const { token } = leadership;
  const election = new Election(session, electionName);
  const naps = random.chance(1, 4);
  for (let said = first; said < first + random.between(1, 5); said++) {
    sure.note(client, { token, sureUntilNs: yield* session.aliveUntilNs() });
    yield* client.sleep(random.below(300));
    if (naps) {
      yield* session.abandon();
      yield* client.sleep(random.between(1000, 7000));
    }
    const value = `c${client.number}.${said}`;
    saying.note(client, { value });
    const proclaimed = yield* election.proclaim(leadership, bytes(value));
    if (proclaimed.status === 'lost') refused.note(client, { token });
    if (proclaimed.status !== 'ok') break;
  }
  resigning.note(client, { token });
  yield* election.resign(leadership, 3000);
}

function holdsOf(observed: Observed): (Hold & { readonly sureUntilNs: number })[] {
  const given = new Map(resigning.of(observed).map(({ ns, data }) => [data.token, ns]));
  const sures = new Map(sure.of(observed).map(({ data }) => [data.token, data.sureUntilNs]));
  return elected.of(observed).map((note) => {
    const { token, askedNs } = note.data;
    const releasedNs = given.get(token) ?? null;
    return {
      resource: 'the election',
      owner: nameOf(note),
      token,
      callNs: askedNs,
      returnNs: note.ns,
      releasedNs,
      sureUntilNs: Math.min(sures.get(token) ?? 0, releasedNs ?? Infinity),
    };
  });
}

export function electionFacts(observed: Observed): { readonly overlaps: number; readonly refused: number } {
  return { overlaps: checkExclusion(holdsOf(observed), []).overlaps, refused: refused.of(observed).length };
}

export function judgeElection(observed: Observed): ScenarioCheck[] {
  const holds = holdsOf(observed);
  const sightings = seen.of(observed);
  const said = saying.of(observed).map(({ data }) => ({ election: 'the election', ...data }));
  const tokens = checkExclusion(holds, []).violations;
  const sole = checkSoleOwner(
    holds.map((hold) => ({ ...hold, fromNs: hold.returnNs ?? 0, untilNs: hold.sureUntilNs })),
  );
  const views = sightings.map((note) => ({ election: 'the election', observer: nameOf(note), ...note.data }));
  return [
    checkOf(
      {
        name: 'one leader at a time',
        guarantee:
          'leaders’ tokens are unique and grow, and while a leader’s session is certainly alive nobody else is elected (etcd: concurrency.Election)',
      },
      counted(holds.length, 'leadership'),
      [...tokens, ...sole],
      (position) => holds[position]?.returnNs ?? 0,
    ),
    checkOf(
      {
        name: 'observers see leaders in order',
        guarantee:
          'who watches an election sees leaders by growing token and each one’s proclamations in order',
      },
      counted(sightings.length, 'sighting'),
      checkObservers(said, views),
      (position) => sightings[position]?.ns ?? 0,
    ),
  ];
}
