import { runInThisContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { findScenario } from '../../scenarios/catalogue.ts';
import { runScenario } from '../../sim/run.ts';
import type { Intervention, RunInfo } from '../../sim/trace/run_info.ts';
import { literal } from '../../viz/fork/literal.ts';
import { scenarioFile, testFile } from '../../viz/fork/story_file.ts';
import { storyLine } from '../../viz/fork/story_lines.ts';
import { entryOf } from '../../viz/worker/catalogue_entry.ts';
import { known, savedRun, scenarioIn } from './live_story.ts';

const calm = entryOf(known('calm-days'));

function infoWith(interventions: readonly Intervention[]): RunInfo {
  return runScenario({ scenario: known('calm-days'), seed: '4', durationMs: 1200, interventions }).info;
}

describe('a run that is saved as a test', () => {
  it.each(['lossy-network', 'uneven-links'])('of %s has the digest of that run', (name) => {
    const saved = savedRun(name, '3', 1500);
    expect(saved?.fault).toBe(null);
    expect(saved?.original.interventions.length).toBeGreaterThan(0);
    expect(saved?.again.interventions).toEqual(saved?.original.interventions);
    expect(saved?.again.digest).toBe(saved?.original.digest);
  });

  it('tells what was done in the words of stories', () => {
    const info = infoWith([
      { atNs: 800_500_000, kind: 'crash', member: 2, mode: 'drop' },
      { atNs: 800_500_000, kind: 'note', text: "n2 isn't there" },
      { atNs: 1_100_000_000, kind: 'restart', member: 2 },
    ]);
    const saved = scenarioFile(info, calm, 'Crash n2!');
    if (saved.kind === 'none') throw new Error(saved.why);
    expect(saved.name).toBe('calm-days-4-crash-n2.ts');
    expect(saved.text).toContain(`  *nemesis(story) {
    yield* story.sleep(800.5);
    story.crash(2, 'drop');
    story.note('n2 isn\\'t there');
    yield* story.sleep(299.5);
    story.restart(2);
  },`);
    expect(saved.text).toContain('npx detcd run ./calm-days-4-crash-n2.ts --seed 4');
    // Under a name of its own the world draws otherwise; what is done is the same.
    const own = runScenario({ scenario: scenarioIn(saved.text), seed: '4' }).info;
    expect(own.scenario).toBe('calm-days-4-crash-n2');
    expect(own.interventions).toEqual(info.interventions);
  });

  it('says what clients were asked for by hand, also of a cluster in which nothing else happens', () => {
    const scenario = findScenario('empty-cluster');
    if (scenario === undefined) throw new Error('no empty cluster');
    const interventions: readonly Intervention[] = [
      { atNs: 1_500_000_000, kind: 'call', client: 1, request: { kind: 'put', key: 'a', value: "it's" } },
      { atNs: 1_600_000_000, kind: 'call', client: 2, request: { kind: 'get', key: 'a', via: 2 } },
    ];
    const { info } = runScenario({ scenario, seed: '4', durationMs: 2000, interventions });
    const saved = testFile(info, entryOf(scenario), 'by hand');
    if (saved.kind === 'none') throw new Error(saved.why);
    expect(saved.text).toContain("story.call(1, { kind: 'put', key: 'a', value: 'it\\'s' });");
    expect(saved.text).toContain('  *workload() {},');
    const again = runScenario({ scenario: scenarioIn(saved.text), seed: '4' }).info;
    expect(again.interventions).toEqual(info.interventions);
    expect(again.digest).toBe(info.digest);
  });

  it('is refused in words where a file of its own can not say it', () => {
    const info = infoWith([]);
    const why = (changed: RunInfo): string => {
      const saved = testFile(changed, calm, 'x');
      return saved.kind === 'none' ? saved.why : '';
    };
    expect(why(info)).toBe('');
    expect(why({ ...info, scenario: 'recipe-lock' })).toMatch(/the clients of recipe-lock do what/);
    const rot = { atNs: 1, kind: 'diskRot', member: 1, file: 'a', bits: [1] } as const;
    expect(why({ ...info, interventions: [rot] })).toMatch(/it has diskRot/);
    expect(why({ ...info, options: { ...info.options, load: [{ client: 1, operations: [] }] } })).toMatch(
      /only a part of its clients' load/,
    );
  });
});

describe('the lines of a story', () => {
  const lines: readonly (readonly [string, Intervention])[] = [
    [
      `story.hold([1], [2, 3], ['MsgApp']);`,
      { atNs: 1, kind: 'hold', from: [1], to: [2, 3], only: ['MsgApp'] },
    ],
    [`story.cutOneWay([1], [4]);`, { atNs: 1, kind: 'cut', from: [1], to: [4] }],
    [
      `story.letThrough([1], [2], { how: 'lost' });`,
      { atNs: 1, kind: 'letThrough', from: [1], to: [2], how: 'lost' },
    ],
    [
      `story.link([1], [2], { lossPer10k: 3000, delayMinMs: 0.25 });`,
      { atNs: 1, kind: 'link', from: [1], to: [2], settings: { lossPer10k: 3000, delayMinNs: 250_000 } },
    ],
    [
      `story.slowDisk(2, { syncMinMs: 10, syncMeanMs: 10.000001 });`,
      { atNs: 1, kind: 'disk', member: 2, syncMinNs: 10_000_000, syncMeanNs: 10_000_001, lyingSync: false },
    ],
    [`story.clockStep(1, -10000);`, { atNs: 1, kind: 'clockStep', member: 1, byNs: -10_000_000_000 }],
    [`story.slowClient(2, false);`, { atNs: 1, kind: 'slowClient', client: 2, takeEveryMs: 0 }],
    [
      `story.call(2, { kind: 'grant', lease: 7, ttlSeconds: 5, keep: true });`,
      { atNs: 1, kind: 'call', client: 2, request: { kind: 'grant', lease: 7, ttlSeconds: 5, keep: true } },
    ],
    [`story.ask('moveLeader', 3, 1);`, { atNs: 1, kind: 'admin', via: 1, request: 'moveLeader', member: 3 }],
  ];

  it.each(lines)('%s', (line, done) => {
    expect(storyLine(done)).toBe(line);
  });

  it('quote any text', () => {
    for (const text of [`it's`, 'a "b"', 'back\\slash', 'two\nlines', '\u2028', '`${x}`']) {
      expect(runInThisContext(`(${literal({ text })})`)).toEqual({ text });
    }
  });
});
