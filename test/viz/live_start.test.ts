import { describe, expect, it } from 'vitest';
import { findScenario } from '../../scenarios/catalogue.ts';
import { liveAddress, liveStart } from '../../viz/live/live_start.ts';
import { LiveSession } from '../../viz/worker/live_session.ts';

const at = (words: string) => liveStart(new URL(`http://page/${words}`));

describe('the address of a live run', () => {
  it('is of an empty cluster, of one with traffic, or of a scenario', () => {
    expect(at('#scenario=leader-isolated')).toBe(null);
    expect(at('#live=on&members=5')).toMatchObject({
      spec: { scenario: 'empty-cluster', seed: '1', options: { members: 5 }, interventions: [] },
      toLeader: true,
    });
    const choice = { scenario: '', traffic: true, seed: '4', members: '', clients: '2' };
    expect(at(liveAddress(choice))?.spec).toMatchObject({
      scenario: 'calm-days',
      seed: '4',
      interventions: [],
    });
    const named = at(liveAddress({ ...choice, scenario: 'leader-isolated', traffic: false }));
    expect(named?.spec.scenario).toBe('leader-isolated');
    expect(named?.spec.interventions).toBe(undefined);
  });

  it('may say how far the run has come; what makes no sense is the usual head start', () => {
    expect(at('#live=on&at=4811574096')).toMatchObject({ toNs: 4_811_574_096, toLeader: false });
    for (const odd of ['-1', '0', 'soon', '1e30'])
      expect(at(`#live=on&at=${odd}`)).toMatchObject({ toNs: 1_500_000_000, toLeader: true });
  });
});

describe('a live run', () => {
  it('of the empty cluster asks for nothing by itself', () => {
    expect(findScenario('empty-cluster')?.clients).toBe(2);
    const start = at('#live=on');
    if (start === null) throw new Error('no live run');
    const live = new LiveSession(start.spec, null);
    expect(live.advance(start.toNs + 1e9).info.summary.operations).toEqual({ ok: 0, fail: 0, unknown: 0 });
    const put = { kind: 'call', client: 1, request: { kind: 'put', key: 'a', value: '1' } } as const;
    expect(live.act([put]).done).toBe(1);
    expect(live.advance(4e9).info.summary.operations.ok).toBe(1);
    expect(() => live.act([{ ...put, client: 3 }])).toThrow('the run has clients 1 to 2), got 3');
    const { info } = live.finish();
    expect(info.verdict.passed).toBe(true);
    expect(info.interventions).toEqual([{ atNs: start.toNs + 1e9 + 1, ...put }]);
  });

  it('names what broke as the verdict does', () => {
    const start = at(
      '#live=on&scenario=bug-respond-before-fsync&seed=1&bugs=respond-before-fsync&at=1300000000',
    );
    if (start === null) throw new Error('no live run');
    const { violations } = new LiveSession(start.spec, null).advance(start.toNs).info.verdict;
    expect(violations[0]?.check).toBe("committed entries are on a quorum's disks");
  });
});
