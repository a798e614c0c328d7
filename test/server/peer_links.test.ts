import { describe, expect, it } from 'vitest';
import { nodeId } from '../../core/base/ids.ts';
import { linkProbeIntervalMs, linkSilenceMs, nsPerMs } from '../../core/limits.ts';
import { PeerLinks } from '../../core/server/peers/links.ts';

const own = nodeId(1);
const peers = [1, 2, 3].map((id) => ({ id: nodeId(id) }));
const ms = (count: number): number => count * nsPerMs;

describe('whom a member asks whether they are there', () => {
  it('everybody at first, then who was silent for the interval', () => {
    const links = new PeerLinks(ms(linkSilenceMs));
    expect(links.due(peers, own, 0)).toEqual([2, 3]);
    expect(links.due(peers, own, ms(linkProbeIntervalMs - 1))).toEqual([]);
    links.heard(nodeId(2), ms(linkProbeIntervalMs - 1));
    expect(links.due(peers, own, ms(linkProbeIntervalMs))).toEqual([3]);
    expect(links.due(peers, own, ms(2 * linkProbeIntervalMs - 2))).toEqual([]);
    expect(links.due(peers, own, ms(2 * linkProbeIntervalMs - 1))).toEqual([2]);
    expect(links.due(peers, own, ms(2 * linkProbeIntervalMs))).toEqual([3]);
  });

  it('a new member at once, also while nobody else is due', () => {
    const links = new PeerLinks(ms(linkSilenceMs));
    links.due(peers, own, 0);
    expect(links.due([...peers, { id: nodeId(4) }], own, ms(1))).toEqual([4]);
  });

  it('says the same as looking at everybody each time', () => {
    const links = new PeerLinks(ms(linkSilenceMs));
    const latest = new Map<number, number>();
    for (let step = 0; step < 2000; step++) {
      const nowNs = ms(step * 37);
      // Each peer is heard from in a rhythm of its own, with longer and shorter silences.
      for (const id of [2, 3])
        if ((step * id) % (7 * id + Math.floor(step / 100)) === 0) {
          links.heard(nodeId(id), nowNs);
          latest.set(id, nowNs);
        }
      const expected = [2, 3].filter(
        (id) => nowNs - (latest.get(id) ?? -Infinity) >= ms(linkProbeIntervalMs),
      );
      for (const id of expected) latest.set(id, nowNs);
      expect(links.due(peers, own, nowNs)).toEqual(expected);
    }
  });
});
