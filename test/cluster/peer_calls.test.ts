import { expect, it } from 'vitest';
import type { RequestId } from '../../core/base/ids.ts';
import { noBugs } from '../../core/bugs.ts';
import type { PeerAnswer, PeerCall } from '../../core/server/peers/messages.ts';
import { Ev } from '../../sim/cluster/events.ts';
import {
  type PeerAnswerEnvelope,
  type PeerCallEnvelope,
  PeerCallTransport,
} from '../../sim/cluster/peer_calls.ts';
import { World } from '../../sim/cluster/world.ts';
import { defaultLinks, peerCallTimeoutNs } from '../../sim/limits.ts';

const call: PeerCall = { kind: 'version' };
const answer: PeerAnswer = { kind: 'version', server: '3.6.0', cluster: '3.6.0' };

/** n1 asks n2, whose machine takes the call after a while. */
function asked(): { readonly world: World; readonly peers: PeerCallTransport; readonly id: RequestId } {
  const world = new World({ seed: '1', members: 2, clients: 0, links: defaultLinks, bugs: noBugs });
  const peers = new PeerCallTransport(world);
  peers.call(2, -1, { from: 1, token: 7, incarnation: 3, call });
  world.scheduler.next();
  expect([world.scheduler.kind, world.scheduler.target]).toEqual([Ev.peerCall, 2]);
  const id = peers.arrive(2, world.scheduler.payload as PeerCallEnvelope, true);
  if (id === null) throw new Error('nobody took the call');
  return { world, peers, id };
}

it('a call whose callee dies before it has answered gets no answer, after the timeout', () => {
  const { world, peers, id } = asked();
  const { scheduler } = world;
  const diedNs = scheduler.nowNs;
  peers.memberDown(1);
  expect(scheduler.pending).toBe(0);
  peers.memberDown(2);
  expect(scheduler.pending).toBe(1);
  // What it would have said by then does not count any more.
  peers.answer(id, -1, answer);
  expect(scheduler.pending).toBe(1);
  scheduler.next();
  expect([scheduler.kind, scheduler.target, scheduler.b]).toEqual([Ev.peerAnswer, 1, 3]);
  expect((scheduler.payload as PeerAnswerEnvelope).answer).toBeNull();
  expect((scheduler.payload as PeerAnswerEnvelope).token).toBe(7);
  expect(scheduler.nowNs).toBe(diedNs + peerCallTimeoutNs);
});
