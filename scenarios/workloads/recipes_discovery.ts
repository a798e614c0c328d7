import { text } from '../../core/client/keys.ts';
import { ServiceView, register, unregister } from '../../core/client/recipes/discovery.ts';
import { type Session, openSession } from '../../core/client/recipes/session.ts';
import {
  type Registration,
  type Sighting,
  checkRegistrations,
} from '../../sim/checkers/recipes/registrations.ts';
import type { Observed, ScenarioCheck, Workload, WorkloadClient } from '../../sim/scenario.ts';
import { type Script, nsPerMs } from '../../sim/script.ts';
import { Topic, bytes, checkOf, counted, nameOf } from './recipes.ts';

const ttlSeconds = 3;
const service = bytes('services/shop');
/**
 * From the end of a time to live to its key being gone everywhere, in a world that is well: the leader looks every 500 ms, asks again for
 * a revoke that was lost after 3 s, and there may be an election (2 s) after which every lease is as new.
 */
const slackMs = 8000;
/** Watchers go on for this long after the last fault. */
const watchOnMs = ttlSeconds * 1000 + 2 * slackMs;

/** The parts of the workload that a test replaces to see it fail. */
export const discoveryParts = {
  register: (session: Session, instance: string) =>
    register(session, service, bytes(instance), bytes(`${instance}:80`), 3000),
};

interface Life {
  readonly instance: string;
  /** When the last renewal that was answered had been sent. */
  readonly renewedNs: number;
}

const living = new Topic<Life>('service-living');
const crashing = new Topic<Life>('service-crashing');
const quitting = new Topic<{ readonly instance: string }>('service-leaving');
const listing = new Topic<{ readonly instance: string; readonly listed: boolean }>('service-listing');

/** Odd clients run instances that live for a while, and leave or crash; even ones keep a list of those that are there. */
export function discoveryWorkload(parts: typeof discoveryParts = discoveryParts): Workload {
  return (client) => (client.number % 2 === 1 ? instances(client, parts) : watcher(client));
}

function* instances(client: WorkloadClient, parts: typeof discoveryParts): Script {
  const { etcd, random } = client;
  for (let life = 1; !client.over; life++) {
    yield* client.sleep(random.below(500));
    const opened = yield* openSession(etcd, ttlSeconds, 3000);
    if (opened.status !== 'ok') continue;
    const session = opened.value;
    const instance = `c${client.number}.${life}`;
    let renewedNs = yield* noteLiving(client, session, instance, 0);
    const registered = yield* parts.register(session, instance);
    const untilNs = (yield* etcd.now()) + random.between(500, 6000) * nsPerMs;
    if (registered.status === 'ok') {
      while (!client.over && (yield* session.isAlive()) && (yield* etcd.now()) < untilNs) {
        yield* client.sleep(250);
        renewedNs = yield* noteLiving(client, session, instance, renewedNs);
      }
    }
    if ((yield* session.isAlive()) && random.chance(1, 3)) {
      quitting.note(client, { instance });
      yield* unregister(session, service, bytes(instance), 3000);
      yield* session.close(3000);
    } else {
      renewedNs = yield* noteLiving(client, session, instance, renewedNs);
      yield* session.abandon();
      crashing.note(client, { instance, renewedNs });
    }
  }
}

function* noteLiving(
  client: WorkloadClient,
  session: Session,
  instance: string,
  known: number,
): Script<number> {
  const untilNs = yield* session.aliveUntilNs();
  if (untilNs === 0) return known;
  const renewedNs = untilNs - session.ttlSeconds * 1000 * nsPerMs;
  if (renewedNs > known) living.note(client, { instance, renewedNs });
  return renewedNs;
}

function* watcher(client: WorkloadClient): Script {
  const view = new ServiceView(client.etcd, service);
  const listed = new Set<string>();
  let overNs = Infinity;
  for (;;) {
    const now = yield* client.etcd.now();
    if (client.over && overNs === Infinity) overNs = now;
    if (now > overNs + watchOnMs * nsPerMs) return;
    if ((yield* view.next(500)) === null) continue;
    const present = new Set(view.instances().map(({ name }) => text(name)));
    for (const instance of listed) if (!present.has(instance)) noteListing(client, listed, instance, false);
    for (const instance of present) if (!listed.has(instance)) noteListing(client, listed, instance, true);
  }
}

function noteListing(client: WorkloadClient, all: Set<string>, instance: string, listed: boolean): void {
  listing.note(client, { instance, listed });
  if (listed) all.add(instance);
  else all.delete(instance);
}

function registrationsOf(observed: Observed): Registration[] {
  const crashes = new Map(crashing.of(observed).map((note) => [note.data.instance, note]));
  const leaves = new Map(quitting.of(observed).map(({ ns, data }) => [data.instance, ns]));
  const renewals = new Map(living.of(observed).map(({ data }) => [data.instance, data.renewedNs]));
  return [...renewals].map(([instance, renewedNs]) => ({
    instance,
    ttlNs: ttlSeconds * 1000 * nsPerMs,
    renewedNs: Math.max(renewedNs, crashes.get(instance)?.data.renewedNs ?? 0),
    crashedNs: crashes.get(instance)?.ns ?? null,
    leftNs: leaves.get(instance) ?? null,
  }));
}

export function discoveryFacts(observed: Observed): { readonly expired: number } {
  const crashed = new Set(crashing.of(observed).map(({ data }) => data.instance));
  const gone = listing.of(observed).filter(({ data }) => !data.listed && crashed.has(data.instance));
  return { expired: new Set(gone.map(({ data }) => data.instance)).size };
}

export function judgeDiscovery(observed: Observed): ScenarioCheck[] {
  const registrations = registrationsOf(observed);
  const notes = listing.of(observed);
  const sightings = notes.map((note): Sighting => ({ watcher: nameOf(note), ns: note.ns, ...note.data }));
  // Watchers that were stopped in the middle prove nothing about the end.
  const calmNs = observed.woundDown ? observed.healedNs + (ttlSeconds * 1000 + slackMs) * nsPerMs : null;
  return [
    checkOf(
      {
        name: 'who crashes leaves the list in time',
        guarantee:
          'an instance leaves the list when its lease is over, and not before: within its time to live and a bound of its crash while the cluster is well',
      },
      `${counted(registrations.length, 'instance')}, ${discoveryFacts(observed).expired} seen to leave after a crash`,
      checkRegistrations(registrations, sightings, { calmNs, slackNs: slackMs * nsPerMs }),
      (position) => notes[position]?.ns ?? 0,
    ),
  ];
}
