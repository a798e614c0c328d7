import type { EtcdClient } from '../../core/client/api.ts';
import { FencedRegister } from '../../core/client/recipes/fence.ts';
import type { Ownership } from '../../core/client/recipes/line.ts';
import { Mutex } from '../../core/client/recipes/mutex.ts';
import { type Session, openSession } from '../../core/client/recipes/session.ts';
import {
  type ExclusionReport,
  type Hold,
  type Use,
  checkExclusion,
} from '../../sim/checkers/recipes/mutual_exclusion.ts';
import { checkSoleOwner } from '../../sim/checkers/recipes/sole_owner.ts';
import type { Observed, ScenarioCheck, Workload, WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { Topic, bytes, checkOf, counted } from './recipes.ts';

const ttlSeconds = 2;
const lockName = bytes('lock');

/** The parts of the workload that a test replaces to see it fail. */
export const lockParts = {
  lock: (session: Session) => new Mutex(session, lockName).lock(6000),
  write: (etcd: EtcdClient, token: number, value: string) =>
    new FencedRegister(etcd, bytes('protected')).write(token, bytes(value)),
};

interface OwnerNote {
  readonly token: number;
  readonly askedNs: number;
  /** Until when the session's last answered renewal holds. */
  readonly sureUntilNs: number;
}

const held = new Topic<OwnerNote>('lock-held');
const sure = new Topic<{ readonly token: number; readonly sureUntilNs: number }>('lock-sure');
const releasing = new Topic<{ readonly token: number }>('lock-releasing');
const used = new Topic<{ readonly token: number; readonly accepted: boolean; readonly revision: number }>(
  'lock-used',
);

/** Each client takes the lock again and again and writes to what it protects; now and then it sleeps through its lease. */
export function lockWorkload(parts: typeof lockParts = lockParts): Workload {
  return (client) => lockClient(client, parts);
}

function* lockClient(client: WorkloadClient, parts: typeof lockParts): Script {
  const { etcd, random } = client;
  while (!client.over) {
    yield* client.sleep(random.below(400));
    const opened = yield* openSession(etcd, ttlSeconds, 3000);
    if (opened.status !== 'ok') continue;
    const session = opened.value;
    for (let turn = random.between(1, 4); turn > 0 && !client.over; turn--) {
      const askedNs = yield* etcd.now();
      const owned = yield* parts.lock(session);
      if (owned.status === 'timeout') continue;
      if (owned.status !== 'ok') break;
      yield* holdIt(client, session, owned.value, askedNs, parts);
      if (!(yield* session.isAlive())) break;
    }
    yield* session.close(3000);
  }
}

function* holdIt(
  client: WorkloadClient,
  session: Session,
  ownership: Ownership,
  askedNs: number,
  parts: typeof lockParts,
): Script {
  const { random, etcd } = client;
  const { token } = ownership;
  held.note(client, { token, askedNs, sureUntilNs: yield* session.aliveUntilNs() });
  const naps = random.chance(1, 5);
  for (let write = random.between(1, 4); write > 0; write--) {
    yield* client.sleep(random.below(150));
    sure.note(client, { token, sureUntilNs: yield* session.aliveUntilNs() });
    if (naps) {
      // As a process that is stopped: nothing is renewed, and afterwards it goes on where it was.
      yield* session.abandon();
      yield* client.sleep(random.between(1000, 7000));
    }
    const written = yield* parts.write(etcd, token, `c${client.number}`);
    if (written.status === 'ok') used.note(client, { token, ...written.value });
  }
  releasing.note(client, { token });
  yield* new Mutex(session, lockName).unlock(ownership, 3000);
}

function holdsOf(observed: Observed): (Hold & { readonly sureUntilNs: number })[] {
  const given = new Map(releasing.of(observed).map(({ ns, data }) => [data.token, ns]));
  const sures = new Map(sure.of(observed).map(({ data }) => [data.token, data.sureUntilNs]));
  return held.of(observed).map(({ client, ns, data: { token, askedNs, sureUntilNs } }) => {
    const releasedNs = given.get(token) ?? null;
    const untilNs = Math.max(sureUntilNs, sures.get(token) ?? 0);
    return {
      resource: 'the lock',
      owner: `c${client}`,
      token,
      callNs: askedNs,
      returnNs: ns,
      releasedNs,
      sureUntilNs: Math.min(untilNs, releasedNs ?? Infinity),
    };
  });
}

function usesOf(observed: Observed): Use[] {
  // The store's order: revisions are its time.
  return used.of(observed).map(({ data }) => ({
    resource: 'the register',
    token: data.token,
    ns: data.revision,
    accepted: data.accepted,
  }));
}

export function exclusionOf(observed: Observed): ExclusionReport & { readonly refused: number } {
  const uses = usesOf(observed);
  const refused = uses.filter(({ accepted }) => !accepted).length;
  return { ...checkExclusion(holdsOf(observed), uses), refused };
}

export function judgeLock(observed: Observed): ScenarioCheck[] {
  const holds = holdsOf(observed);
  const uses = used.of(observed);
  const { violations, overlaps, refused } = exclusionOf(observed);
  const fencing = violations.filter(({ rule }) => rule === 'fencing');
  const tokens = violations.filter(({ rule }) => rule !== 'fencing');
  const sole = checkSoleOwner(
    holds.map((hold) => ({ ...hold, fromNs: hold.returnNs ?? 0, untilNs: hold.sureUntilNs })),
  );
  return [
    checkOf(
      {
        name: 'one holder at a time',
        guarantee:
          'tokens are unique and grow from holder to holder, and while a holder’s session is certainly alive nobody else gets the lock (etcd: concurrency.Mutex)',
      },
      `${counted(holds.length, 'hold')}, ${overlaps} of them overlapping after a lease had ended`,
      [...tokens, ...sole],
      (position) => holds[position]?.returnNs ?? 0,
    ),
    checkOf(
      {
        name: 'the fence refuses stale holders',
        guarantee:
          'what the lock protects accepts no token lower than one it has accepted (Kleppmann 2016: fencing tokens)',
      },
      `${counted(uses.length, 'write')}, ${refused} refused`,
      fencing,
      (position) => uses[position]?.ns ?? 0,
    ),
  ];
}
