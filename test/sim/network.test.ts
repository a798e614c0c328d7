import { describe, expect, it } from 'vitest';
import { type LinkParameters, VirtualNetwork } from '../../sim/network/network.ts';
import { RandomStream } from '../../sim/random.ts';

const calm: LinkParameters = {
  delayMinNs: 100,
  delayMeanNs: 1000,
  lossPer10k: 0,
  duplicatePer10k: 0,
  reorderPer10k: 0,
};

function network(change: Partial<LinkParameters> = {}, seed = 'network'): VirtualNetwork {
  return new VirtualNetwork(3, { ...calm, ...change }, new RandomStream(seed), (endpoint) => `n${endpoint}`);
}

const draws = 100_000;

describe('virtual network', () => {
  it('delays by the minimum plus an exponential part with the mean', () => {
    const net = network({ reorderPer10k: 10_000 });
    let sum = 0;
    let smallest = Infinity;
    for (let i = 0; i < draws; i++) {
      const delay = net.send(1, 2, 0).deliverNs;
      sum += delay;
      smallest = Math.min(smallest, delay);
    }
    expect(smallest).toBeGreaterThanOrEqual(100);
    expect(sum / draws / 1100).toBeCloseTo(1, 1);
  });

  it('loses and duplicates as often as told', () => {
    const net = network({ lossPer10k: 1500, duplicatePer10k: 400 });
    let lost = 0;
    let doubled = 0;
    for (let i = 0; i < draws; i++) {
      const passage = net.send(1, 2, i);
      if (passage.fate === 'drop') lost++;
      else if (passage.duplicateNs >= 0) doubled++;
    }
    expect(lost / draws).toBeCloseTo(0.15, 2);
    expect(doubled / (draws - lost)).toBeCloseTo(0.04, 2);
  });

  it('keeps the order of a link unless reordering is drawn', () => {
    const overtakes = (reorderPer10k: number): number => {
      const net = network({ reorderPer10k });
      let last = 0;
      let count = 0;
      for (let now = 0; now < 100_000; now += 50) {
        const { deliverNs } = net.send(1, 2, now);
        if (deliverNs < last) count++;
        last = deliverNs;
      }
      return count;
    };
    expect(overtakes(0)).toBe(0);
    expect(overtakes(10_000)).toBeGreaterThan(500);
  });

  it('knows whether its parameters are the given ones', () => {
    const net = network();
    expect(net.hasParameters(calm)).toBe(true);
    net.setParameters({ ...calm, lossPer10k: 1 });
    expect(net.hasParameters(calm)).toBe(false);
    net.setParameters(Object.assign({ kind: 'links' }, calm));
    expect(net.hasParameters(calm)).toBe(true);
  });

  it('cuts one direction only, also for what is in flight, until mended', () => {
    const net = network();
    net.cut(1, 2);
    expect(net.send(1, 2, 0)).toMatchObject({ fate: 'drop', reason: 'partition' });
    expect(net.isOpen(1, 2)).toBe(false);
    expect(net.send(2, 1, 0).fate).toBe('deliver');
    expect(net.disturbed()).toEqual([[1, 2]]);
    net.mend(1, 2);
    expect(net.send(1, 2, 0).fate).toBe('deliver');
    expect(net.disturbed()).toEqual([]);
  });

  it('holds messages and gives them back in order', () => {
    const net = network();
    net.startHolding(1, 2);
    expect(net.send(1, 2, 0).fate).toBe('hold');
    net.hold(1, 2, 'a');
    net.hold(1, 2, 'b');
    expect(net.mend(1, 2)).toEqual(['a', 'b']);
    expect(net.mend(1, 2)).toEqual([]);
  });

  it("a link's fate does not depend on what other links carried", () => {
    const quiet = network({ lossPer10k: 3000 });
    const busy = network({ lossPer10k: 3000 });
    for (let i = 0; i < 100; i++) busy.send(3, 2, i);
    for (let i = 0; i < 100; i++) expect({ ...busy.send(1, 2, i) }).toEqual({ ...quiet.send(1, 2, i) });
  });
});
