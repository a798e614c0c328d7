import type { RecipeViolation } from './timing.ts';

/** The life of one registration of a service, as its owner knows it. */
export interface Registration {
  readonly instance: string;
  readonly ttlNs: number;
  /** When the last keep-alive (or the grant) that was answered had been sent. */
  readonly renewedNs: number;
  /** When its owner crashed: nobody renews it any more. Null: it lives, or took itself off. */
  readonly crashedNs: number | null;
  /** When the owner began to take it off itself. Null: never. */
  readonly leftNs: number | null;
}

/** A watcher's view changed. */
export interface Sighting {
  readonly watcher: string;
  readonly instance: string;
  readonly listed: boolean;
  readonly ns: number;
}

/**
 * Health by lease: nobody is taken off before the time to live since its last renewal has passed, and who crashed is off every
 * list at `calmNs`, or at its time to live and `slackNs` after the crash if that is later. `calmNs` is when the cluster had been
 * well for long enough; null: it never was.
 */
export function checkRegistrations(
  registrations: readonly Registration[],
  sightings: readonly Sighting[],
  limits: { readonly calmNs: number | null; readonly slackNs: number },
): RecipeViolation[] {
  const violations: RecipeViolation[] = [];
  const byInstance = new Map(registrations.map((registration) => [registration.instance, registration]));
  const listed = new Map<string, number>();
  sightings.forEach((sighting, at) => {
    const { watcher, instance, ns } = sighting;
    const name = JSON.stringify([watcher, instance]);
    if (sighting.listed) {
      listed.set(name, at);
      return;
    }
    lateness(at, listed.get(name));
    listed.delete(name);
    const life = byInstance.get(instance);
    if (life === undefined || (life.leftNs !== null && life.leftNs <= ns)) return;
    const early = life.renewedNs + life.ttlNs - ns;
    if (early <= 0) return;
    const sentence = `${watcher} saw ${instance} go ${milliseconds(early)} before its time to live had passed`;
    violations.push({ rule: 'not before its time', sentence, involved: [at] });
  });
  for (const at of listed.values()) lateness(-1, at);
  return violations;

  function lateness(gone: number, at: number | undefined): void {
    const sighting = at === undefined ? undefined : sightings[at];
    if (at === undefined || sighting === undefined || limits.calmNs === null) return;
    const life = byInstance.get(sighting.instance);
    if (life === undefined || life.crashedNs === null) return;
    const due = Math.max(limits.calmNs, life.crashedNs + life.ttlNs + limits.slackNs, sighting.ns);
    const until = sightings[gone]?.ns ?? Infinity;
    if (until <= due) return;
    const still = until === Infinity ? 'to the end' : `${milliseconds(until - due)} too long`;
    const sentence = `${sighting.watcher} had ${sighting.instance} on its list ${still}, although it had crashed`;
    violations.push({ rule: 'gone in time', sentence, involved: gone < 0 ? [at] : [at, gone] });
  }
}

function milliseconds(ns: number): string {
  return `${Math.round(ns / 1_000_000)} ms`;
}
