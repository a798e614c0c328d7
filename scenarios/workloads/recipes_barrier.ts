import { Barrier } from '../../core/client/recipes/barrier.ts';
import { DoubleBarrier } from '../../core/client/recipes/double_barrier.ts';
import { type Session, openSession } from '../../core/client/recipes/session.ts';
import {
  type Closure,
  type Crossing,
  type Passage,
  checkBarrier,
  checkGate,
} from '../../sim/checkers/recipes/barrier.ts';
import type { Observed, ScenarioCheck, Workload, WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { Topic, bytes, checkOf, counted, nameOf } from './recipes.ts';

const ttlSeconds = 2;
/** Participants of every round: clients 1 to 3. Client 4 keeps the gate before each round. */
export const participants = 3;
const gate = bytes('gate');

/** The parts of the workload that a test replaces to see it fail. */
export const barrierParts = {
  barrier: (session: Session, round: string, name: string): Pick<DoubleBarrier, 'enter' | 'leave'> =>
    new DoubleBarrier(session, bytes(round), participants, bytes(name)),
};

interface Round {
  readonly round: string;
}

const waiting = new Topic<{ readonly fromNs: number }>('gate-crossed');
const closing = new Topic<{ readonly fromNs: number }>('gate-closed');
const opening = new Topic<null>('gate-opening');
const came = new Topic<Round>('barrier-came');
const passed = new Topic<Round>('barrier-passed');
const leaving = new Topic<Round>('barrier-leaving');
const left = new Topic<Round>('barrier-left');
/** The session was lost after the participant had been let in. */
const dropped = new Topic<Round>('barrier-dropped');
const cameAgain = new Topic<Round>('barrier-came-again');

export function barrierWorkload(parts: typeof barrierParts = barrierParts): Workload {
  return (client) => {
    if (client.number <= participants) return participant(client, parts);
    return client.number === participants + 1 ? keeper(client) : idle();
  };
}

function* idle(): Script {
  // Rounds have a fixed number of participants.
}

function* keeper(client: WorkloadClient): Script {
  const barrier = new Barrier(client.etcd, gate);
  while (!client.over) {
    yield* client.sleep(client.random.below(1500));
    const fromNs = yield* client.etcd.now();
    const held = yield* barrier.hold();
    if (held.status === 'ok' && held.value) closing.note(client, { fromNs });
    yield* client.sleep(client.random.between(100, 1500));
    yield* open(client, barrier);
  }
  yield* open(client, barrier);
}

function* open(client: WorkloadClient, barrier: Barrier): Script {
  opening.note(client, null);
  yield* barrier.release(5000);
}

function* participant(client: WorkloadClient, parts: typeof barrierParts): Script {
  const { etcd } = client;
  for (let number = 1; !client.over; number++) {
    const round = `round${number}`;
    const fromNs = yield* etcd.now();
    const crossed = yield* new Barrier(etcd, gate).wait(6000);
    if (crossed.status === 'ok') waiting.note(client, { fromNs });
    came.note(client, { round });
    while (!client.over && !(yield* takePart(client, round, parts))) cameAgain.note(client, { round });
  }
}

/** False: not let in, because the time was up or the session was lost; the participant may come again. */
function* takePart(client: WorkloadClient, round: string, parts: typeof barrierParts): Script<boolean> {
  const { etcd, random } = client;
  const opened = yield* openSession(etcd, ttlSeconds, 3000);
  if (opened.status !== 'ok') return false;
  const session = opened.value;
  const barrier = parts.barrier(session, round, `c${client.number}`);
  const crashes = random.chance(1, 4);
  const entered = yield* barrier.enter(crashes ? random.below(300) : 5000);
  if (entered.status !== 'ok') {
    // A process that dies leaves what it wrote until its lease ends; one that gives up takes it along.
    if (crashes) yield* session.abandon();
    else yield* session.close(3000);
    return false;
  }
  passed.note(client, { round });
  yield* client.sleep(random.below(200));
  leaving.note(client, { round });
  const out = yield* barrier.leave(8000);
  if (!(yield* session.isAlive())) dropped.note(client, { round });
  if (out.status === 'ok') left.note(client, { round });
  yield* session.close(3000);
  return true;
}

function passagesOf(observed: Observed, from: Topic<Round>, to: Topic<Round>): Passage[] {
  const ends = to.of(observed);
  return from.of(observed).map((note) => {
    const { round } = note.data;
    const end = ends.find(({ client, data }) => client === note.client && data.round === round);
    return { round, participant: nameOf(note), callNs: note.ns, returnNs: end?.ns ?? null };
  });
}

function closuresOf(observed: Observed): Closure[] {
  const openings = opening.of(observed);
  return closing.of(observed).map(({ ns, data: { fromNs } }) => {
    const releasedNs = openings.find((each) => each.ns >= ns)?.ns ?? null;
    return { gate: 'the gate', callNs: fromNs, returnNs: ns, releasedNs };
  });
}

export function barrierFacts(observed: Observed): { readonly rounds: number; readonly cameAgain: number } {
  const rounds = new Set(left.of(observed).map(({ data }) => data.round));
  const again = cameAgain.of(observed).filter(({ data }) => rounds.has(data.round));
  return { rounds: rounds.size, cameAgain: again.length };
}

export function judgeBarrier(observed: Observed): ScenarioCheck[] {
  const entries = passagesOf(observed, came, passed);
  // Who lost a session, before or after it was let in, has left as far as the others can know; so may have who was still waiting when
  // the run ended.
  const broken = new Set([...dropped.of(observed), ...cameAgain.of(observed)].map(({ data }) => data.round));
  for (const { round, returnNs } of entries) if (returnNs === null) broken.add(round);
  const exits = passagesOf(observed, leaving, left).filter(({ round }) => !broken.has(round));
  const crossings = waiting.of(observed).map((note): Crossing => ({
    gate: 'the gate',
    participant: nameOf(note),
    callNs: note.data.fromNs,
    returnNs: note.ns,
  }));
  return [
    checkOf(
      {
        name: 'all begin together',
        guarantee:
          'nobody passes a double barrier before every participant has come (etcd: recipe.DoubleBarrier)',
      },
      counted(entries.length, 'arrival'),
      checkBarrier(entries, participants),
      (position) => entries[position]?.returnNs ?? 0,
    ),
    checkOf(
      {
        name: 'all end together',
        guarantee: 'nobody has left a double barrier before all have, or their sessions ended',
      },
      counted(exits.length, 'departure'),
      checkBarrier(exits, participants),
      (position) => exits[position]?.returnNs ?? 0,
    ),
    checkOf(
      {
        name: 'a closed gate stays closed',
        guarantee: 'nobody passes a barrier while it is held (etcd: recipe.Barrier)',
      },
      counted(crossings.length, 'crossing'),
      checkGate(closuresOf(observed), crossings),
      (position) => crossings[position]?.returnNs ?? 0,
    ),
  ];
}
