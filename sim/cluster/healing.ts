import type { ClientActor } from './client_actor.ts';
import type { Interventions } from './interventions.ts';
import type { MemberClock } from './member_clock.ts';
import type { World } from './world.ts';

/** Links without settings of their own, nothing clogged, clients that read: only what was done is undone. */
export function healLinks(
  world: World,
  clients: readonly ClientActor[],
  interventions: Pick<Interventions, 'applyUnrecorded'>,
): void {
  const { network, scheduler } = world;
  const all = Array.from({ length: world.machines + clients.length }, (_, i) => i + 1);
  const ends = { from: all, to: all };
  if (network.hasOwnSettings()) interventions.applyUnrecorded({ kind: 'link', ...ends, settings: {} });
  if (network.isClogged(scheduler.nowNs)) interventions.applyUnrecorded({ kind: 'clog', ...ends, forNs: 0 });
  for (const { workloadClient, takeEveryMs } of clients) {
    const { number: client } = workloadClient;
    if (takeEveryMs > 0) interventions.applyUnrecorded({ kind: 'slowClient', client, takeEveryMs: 0 });
  }
}

/** It shows the time of day again, and runs as it should. What it is behind or ahead in monotonic time nobody can see. */
export function healClock(
  interventions: Pick<Interventions, 'applyUnrecorded'>,
  member: number,
  { driftPpm, frozen, steppedNs }: MemberClock,
): void {
  if (driftPpm !== 0) interventions.applyUnrecorded({ kind: 'clockDrift', member, ppm: 0 });
  if (frozen) interventions.applyUnrecorded({ kind: 'clockThaw', member });
  if (steppedNs !== 0) interventions.applyUnrecorded({ kind: 'clockStep', member, byNs: -steppedNs });
}
