import { describe, expect, it } from 'vitest';
import { VirtualNetwork } from '../../sim/network/network.ts';
import type { LinkParameters, LinkSettings } from '../../sim/network/settings.ts';
import { allTraffic, trafficOf } from '../../sim/network/traffic.ts';
import { RandomStream } from '../../sim/random.ts';
import { messageTypeNames } from '../../sim/trace/message_types.ts';

const calm: LinkParameters = {
  delayMinNs: 100,
  delayMeanNs: 1000,
  lossPer10k: 0,
  duplicatePer10k: 0,
  reorderPer10k: 0,
};

function network(settings: LinkSettings = {}): VirtualNetwork {
  const net = new VirtualNetwork(3, calm, new RandomStream('links'), (endpoint) => `n${endpoint}`);
  net.setLink(1, 2, settings);
  return net;
}

const draws = 100_000;
const second = 1_000_000_000;

describe('one directed link', () => {
  it('delays, loses, doubles and corrupts as often as told, and its way back does not', () => {
    const net = network({ lossPer10k: 1500, duplicatePer10k: 400, corruptPer10k: 250, delayMeanNs: 5000 });
    let [lost, doubled, corrupt, delays, disturbedBack] = [0, 0, 0, 0, 0];
    for (let i = 0; i < draws; i++) {
      const passage = net.send(1, 2, i * 100_000);
      if (passage.fate === 'drop') lost++;
      else {
        delays += passage.deliverNs - i * 100_000;
        if (passage.duplicateNs >= 0) doubled++;
        if (passage.corrupt) corrupt++;
      }
      const back = net.send(2, 1, i * 100_000);
      if (back.fate !== 'deliver' || back.corrupt || back.duplicateNs >= 0) disturbedBack++;
    }
    expect(disturbedBack).toBe(0);
    const arrived = draws - lost;
    expect(lost / draws).toBeCloseTo(0.15, 2);
    expect(doubled / arrived).toBeCloseTo(0.04, 2);
    expect(corrupt / arrived).toBeCloseTo(0.025, 2);
    expect(delays / arrived / 5100).toBeCloseTo(1, 1);
  });

  it('is as all others again without settings, and follows what changes for all where it has none', () => {
    const net = network({ lossPer10k: 10_000 });
    expect(net.send(1, 2, 0).reason).toBe('loss');
    net.setParameters({ ...calm, delayMinNs: 7 * second, delayMeanNs: 0 });
    net.setLink(1, 2, { duplicatePer10k: 10_000 });
    expect(net.send(1, 2, 0)).toMatchObject({ fate: 'deliver', deliverNs: 7 * second });
    net.setParameters(calm);
    expect(net.send(1, 2, 8 * second).deliverNs).toBeLessThan(9 * second);
    expect(net.hasOwnSettings()).toBe(true);
    net.setLink(1, 2, {});
    expect(net.hasOwnSettings()).toBe(false);
    expect(net.send(1, 2, 9 * second).duplicateNs).toBe(-1);
  });

  it('draws for corruption from a stream of its own: delays stay as they are', () => {
    const [plain, corrupting] = [
      network({ delayMinNs: 100 }),
      network({ delayMinNs: 100, corruptPer10k: 5000 }),
    ];
    for (let i = 0; i < 200; i++) {
      expect(corrupting.send(1, 2, i * 50).deliverNs).toBe(plain.send(1, 2, i * 50).deliverNs);
    }
  });
});

describe('a narrow link', () => {
  it('carries one message after the other at its speed', () => {
    const net = network({ bytesPerSecond: 1000, delayMinNs: 0, delayMeanNs: 0 });
    expect(net.isNarrow(1, 2)).toBe(true);
    expect(net.isNarrow(2, 1)).toBe(false);
    const arrivals = [500, 250, 250].map((bytes) => net.send(1, 2, 0, 3, bytes).deliverNs);
    expect(arrivals).toEqual([0.5 * second, 0.75 * second, second]);
    expect(net.send(1, 2, 2 * second, 3, 100).deliverNs).toBe(2.1 * second);
  });

  it('drops what its queue has no room for, but never what comes when it is empty', () => {
    const net = network({ bytesPerSecond: 1000, queueBytes: 600 });
    expect(net.send(1, 2, 0, 3, 5000).fate).toBe('deliver');
    expect(net.send(1, 2, 0, 3, 1)).toMatchObject({ fate: 'drop', reason: 'queueFull' });
    expect(net.send(1, 2, 4.5 * second, 3, 100).fate).toBe('deliver');
    expect(net.send(1, 2, 4.5 * second, 3, 1).reason).toBe('queueFull');
  });
});

describe('a clogged link', () => {
  it('lets nothing arrive before its time, and then everything in its order', () => {
    const net = network();
    net.clog(1, 2, second);
    expect(net.isClogged(0)).toBe(true);
    const arrivals = [1, 2, 3].map((now) => net.send(1, 2, now).deliverNs);
    expect(arrivals).toEqual([second, second, second]);
    expect(net.send(2, 1, 0).deliverNs).toBeLessThan(second);
    expect(net.isClogged(second)).toBe(false);
    expect(net.send(1, 2, second).deliverNs).toBeGreaterThan(second);
  });
});

describe('a link for some sorts of traffic', () => {
  const type = (name: (typeof messageTypeNames)[number]): number => messageTypeNames.indexOf(name);

  it('stops only these', () => {
    const net = network();
    net.cut(1, 2, trafficOf(['MsgApp', 'MsgVote']));
    expect(net.send(1, 2, 0, type('MsgApp')).reason).toBe('partition');
    expect(net.isOpen(1, 2, type('MsgVote'))).toBe(false);
    expect(net.send(1, 2, 0, type('MsgHeartbeat')).fate).toBe('deliver');
    expect(net.send(1, 2, 0).fate).toBe('deliver');
    expect(net.disturbed()).toEqual([[1, 2]]);
    net.cut(1, 2);
    expect(net.send(1, 2, 0).reason).toBe('partition');
  });

  it('gives out what it holds by sort and number, in the order of sending', () => {
    const net = network();
    net.startHolding(1, 2, trafficOf(['MsgApp', 'MsgVote']));
    expect(net.send(1, 2, 0, type('MsgApp')).fate).toBe('hold');
    const names = ['MsgApp', 'MsgVote', 'MsgApp', 'MsgApp'] as const;
    names.forEach((name, place) => net.hold(1, 2, place, type(name)));
    expect(net.takeHeld(1, 2, { traffic: trafficOf(['MsgApp']), first: 2 })).toEqual([0, 2]);
    expect(net.takeHeld(1, 2, { traffic: allTraffic, first: 1 })).toEqual([1]);
    expect(net.mend(1, 2)).toEqual([3]);
  });
});
