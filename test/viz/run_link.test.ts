import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../scenarios/catalogue.ts';
import { checkInterventions } from '../../sim/faults/intervention_form.ts';
import { runScenario } from '../../sim/run.ts';
import type { Intervention } from '../../sim/trace/run_info.ts';
import { pack, unpack } from '../../viz/fork/packed_list.ts';
import { linkMismatch, runWords, specOf, specOfLink, whyNotRunnable } from '../../viz/fork/run_link.ts';
import { type Act, actsOn, shapeOf } from '../../viz/live/acts.ts';
import { applyLink, linkTo, runOfLink } from '../../viz/page/link.ts';
import { Session } from '../../viz/timeline/session.ts';
import type { RunSpec } from '../../viz/worker_protocol.ts';
import { requestOf } from '../../viz/worker/request_of.ts';
import { modelOf } from './page_model.ts';

const lanes = [
  { id: 0, kind: 'world', name: 'world' },
  ...[1, 2, 3, 4, 5].map((id) => ({ id, kind: 'member', name: `n${id}` }) as const),
  ...[6, 7, 8].map((id) => ({ id, kind: 'client', name: `c${id - 5}` }) as const),
] as const;
const shape = shapeOf(lanes);
const number = { from: fc.integer({ min: 1, max: 5 }), to: fc.integer({ min: 6, max: 8 }) };

/** Whatever the menus offer, on anything. */
const anyAct: fc.Arbitrary<Act> = fc
  .oneof(
    fc.constant({ kind: 'cluster' } as const),
    fc.record({
      kind: fc.constant('member' as const),
      member: number.from,
      life: fc.constantFrom('up' as const, 'down' as const, 'paused' as const),
    }),
    fc.record({ kind: fc.constant('client' as const), endpoint: number.to }),
    fc.record({
      kind: fc.constant('link' as const),
      from: number.from,
      to: number.to,
      type: fc.constantFrom('MsgApp' as const, 'MsgVote' as const),
    }),
  )
  .chain((target) => fc.constantFrom(...actsOn(target, shape)));

const anyIntervention: fc.Arbitrary<Intervention> = fc
  .tuple(anyAct, fc.integer({ min: 1, max: 6e11 }))
  .chain(([{ actions }, atNs]) => fc.constantFrom(...actions).map((action) => ({ atNs, ...action })));

const anyList = fc
  .array(anyIntervention, { minLength: 50, maxLength: 50 })
  .map((list) => list.toSorted((a, b) => a.atNs - b.atNs));

const found = { build: '10.20.30', digest: '0123456789abcdef' };

function addressOf(words: URLSearchParams): URL {
  const address = new URL('https://detcd.example.org/page/index.html');
  address.hash = words.toString();
  return address;
}

describe('a link to a run', () => {
  it('holds 50 interventions of any kind that the menus have in 2,000 characters, and gives them back', async () => {
    await fc.assert(
      fc.asyncProperty(anyList, async (interventions) => {
        const spec: RunSpec = {
          scenario: 'watch-behind-snapshots',
          seed: '9007199254740991',
          options: { members: 5, clients: 8, durationMs: 600_000, bugs: ['respond-before-fsync'] },
          interventions,
        };
        const words = await runWords(spec, found);
        for (const name of ['from', 'to', 'sel']) words.set(name, '600000000000');
        const address = addressOf(words);
        expect(address.href.length).toBeLessThanOrEqual(2000);
        expect(await specOfLink(new URL(address.href))).toEqual(spec);
      }),
      { numRuns: 30 },
    );
  });

  it('runs to the digest of the run that it was made of', async () => {
    const scenario = catalogue.find(({ name }) => name === 'leader-isolated');
    if (scenario === undefined) throw new Error('no such scenario');
    const file = runScenario({
      scenario,
      seed: '7',
      durationMs: 3000,
      load: [{ client: 2, operations: [] }],
    });
    const address = addressOf(await runWords(specOf(file.info), file.info));
    const spec = await specOfLink(address);
    if (spec === null) throw new Error('no run in the link');
    const again = runScenario(requestOf(spec));
    expect(again.info.digest).toBe(file.info.digest);
    expect(linkMismatch(address, again.info)).toBe(null);
  });

  it('is the same run from any view, and the view is applied', async () => {
    const scenario = catalogue.find(({ name }) => name === 'calm-days');
    if (scenario === undefined) throw new Error('no such scenario');
    const model = modelOf(runScenario({ scenario, seed: '1', durationMs: 1000 }));
    const address = addressOf(await runWords(specOf(model.info), model.info));
    const session = new Session(model);
    session.show({ startNs: 100e6, endNs: 300e6 });
    session.select(40);
    const link = new URL(linkTo(address, session));
    expect(runOfLink(link)).toBe(runOfLink(address));
    const other = new Session(model);
    applyLink(link, other);
    expect(other.window).toEqual(session.window);
    expect(other.selected).toBe(40);
  });

  it('of another run is told by its digest', () => {
    const words = new URLSearchParams({ scenario: 'calm-days', digest: 'feedfeed', build: '0.0.1' });
    expect(linkMismatch(addressOf(words), found)).toBe(
      "This is not the run that the link was made from: its digest begins with feedfeed, this one's is 0123456789abcdef. It was made with build 0.0.1; this page is build 10.20.30.",
    );
    words.set('digest', '01234567');
    expect(linkMismatch(addressOf(words), found)).toBe(null);
  });

  it('that is damaged is answered in a sentence, and so is a list that can not be applied', async () => {
    await expect(unpack('eNoz')).rejects.toThrow(
      'iv: expected a list of interventions, found text that is cut short',
    );
    await expect(unpack('%%%')).rejects.toThrow('iv: expected a list of interventions');
    const packed = await pack({ interventions: [{ atNs: 5, kind: 'pause', member: 9 }] });
    const { interventions } = await unpack(packed);
    expect(() => requestOf({ scenario: 'calm-days', seed: '1', options: {}, interventions })).toThrow(
      /expected member to be the number of a member/,
    );
  });

  it('is not made of runs that the page has not', () => {
    const { info } = runScenario({
      scenario: catalogue[0] as (typeof catalogue)[0],
      seed: '1',
      durationMs: 300,
    });
    const known = catalogue.map(({ name }) => name);
    expect(whyNotRunnable(info, known)).toBe(null);
    expect(whyNotRunnable({ ...info, scenario: 'mine' }, known)).toMatch(/no scenario "mine"/);
    const source = { file: 'mine.ts', crc32c: '00000000' };
    expect(whyNotRunnable({ ...info, options: { ...info.options, source } }, known)).toMatch(/mine\.ts/);
    expect(whyNotRunnable(info, [])).toMatch(/only show recorded runs/);
  });
});

describe('what the menus offer', () => {
  it('are interventions that a run of these members and clients can take', () => {
    fc.assert(
      fc.property(anyAct, ({ actions }) => {
        expect(actions.length).toBeGreaterThan(0);
        checkInterventions(
          actions.map((action) => ({ atNs: 1, ...action })),
          { machines: 5, clients: 3 },
        );
      }),
      { numRuns: 200 },
    );
  });
});
