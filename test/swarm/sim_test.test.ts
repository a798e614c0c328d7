import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findScenario } from '../../scenarios/catalogue.ts';
import { type SimTestOptions, corpusPath, runSimTest, simTest } from '../../scenarios/cli/sim_test.ts';
import { mixedRegisters, registers } from '../../scenarios/workloads/registers.ts';
import type { Scenario } from '../../sim/scenario.ts';

const started: string[] = [];

/** Fails at seeds whose last digit is 3, and knows which seeds it was asked for. */
const picky: Scenario = {
  name: 'picky',
  sentence: 'A story that breaks its own promise now and then.',
  members: 1,
  clients: 1,
  durationMs: 1000,
  workload: registers(mixedRegisters),
  *nemesis(story) {
    const seed = /picky\/(\d+)/.exec(story.random.path)?.[1] ?? '';
    started.push(seed);
    yield* story.sleep(1);
    story.note(seed);
    if (seed.endsWith('7')) story.reached('a seven');
  },
  sometimes: [{ goal: 'a seven' }],
  judge: () => [
    {
      name: 'my promise',
      guarantee: 'No three.',
      detail: '',
      violations: started.at(-1)?.endsWith('3') === true ? [{ sentence: 'there was a three', atNs: 1 }] : [],
    },
  ],
};

let folder = '';
let testPath = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'detcd-simtest-'));
  testPath = join(folder, 'story.test.ts');
  started.length = 0;
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  delete process.env['DETCD_SEED'];
});

async function failureOf(options: SimTestOptions, scenario = picky): Promise<string> {
  try {
    await runSimTest('all is well', options, scenario, testPath);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('simTest', () => {
  simTest('is a test of vitest', { seeds: 2, goals: false }, picky);

  it('runs new seeds, and leaves no file behind when all is well', async () => {
    expect(await failureOf({ seeds: 3, from: 4, goals: false })).toBe('');
    expect(started).toEqual(['4', '5', '6']);
    expect(existsSync(corpusPath(testPath))).toBe(false);
  });

  it('stops at the first failure, says how to do it again, and keeps the seed', async () => {
    const message = await failureOf({ seeds: 10 });
    expect(started).toEqual(['1', '2', '3']);
    expect(message).toContain('picky seed 3: my promise: there was a three');
    expect(message).toMatch(/again: DETCD_SEED=3 npx vitest run .*story\.test\.ts -t 'all is well'/);
    expect(message).not.toContain('npx detcd run');
    expect(corpusPath(testPath)).toBe(join(folder, 'testdata', 'story.seeds.json'));
    expect(JSON.parse(readFileSync(corpusPath(testPath), 'utf8'))).toEqual({ 'all is well': ['3'] });
  });

  it('runs the corpus first, keeps the rest of it, and adds a seed once', async () => {
    mkdirSync(join(folder, 'testdata'));
    writeFileSync(corpusPath(testPath), JSON.stringify({ other: ['1'], 'all is well': ['8', '5'] }));
    await failureOf({ seeds: 9, from: 5, goals: false });
    expect(started.slice(0, 4)).toEqual(['8', '5', '6', '7']);
    expect(started).toContain('13');
    const corpus = { other: ['1'], 'all is well': ['8', '5', '13'] };
    expect(JSON.parse(readFileSync(corpusPath(testPath), 'utf8'))).toEqual(corpus);
    started.length = 0;
    writeFileSync(corpusPath(testPath), JSON.stringify({ 'all is well': ['13'] }));
    const again = await failureOf({ seeds: 9, from: 5 });
    expect(again).toContain('picky seed 13');
    expect(started).toEqual(['13']);
    expect(JSON.parse(readFileSync(corpusPath(testPath), 'utf8'))).toEqual({ 'all is well': ['13'] });
  });

  it('runs only DETCD_SEED if that is set', async () => {
    process.env['DETCD_SEED'] = '42';
    expect(await failureOf({ seeds: 100 })).toBe('');
    expect(started).toEqual(['42']);
  });

  it('demands that some seed reaches each goal', async () => {
    expect(await failureOf({ seeds: 2, goals: true })).toBe('no seed of 2 reached this goal: a seven');
    expect(await failureOf({ seeds: 2, from: 6, goals: true })).toBe('');
    expect(await failureOf({ seeds: 9, from: 14, goals: true })).toBe('');
  });

  it('prints the line of `detcd run` for what that can run, and finds a planted bug', async () => {
    const scenario = findScenario('power-failure') as Scenario;
    const sizes = { members: 3, clients: 3, durationMs: 8000 };
    const message = await failureOf({ seeds: 5, bugs: ['respond-before-fsync'], ...sizes }, scenario);
    expect(message).toMatch(
      /or: +npx detcd run power-failure --seed \d+ --members 3 --clients 3 --duration 8s --bug respond-before-fsync/,
    );
  });

  it('tells of a run that throws', async () => {
    const throws: Scenario = {
      ...picky,
      *nemesis(story) {
        yield* story.sleep(1);
        throw new Error('my own mistake');
      },
    };
    expect(await failureOf({ seeds: 1 }, throws)).toContain('my own mistake');
  });

  it('refuses what is no corpus and what is no scenario', async () => {
    mkdirSync(join(folder, 'testdata'));
    writeFileSync(corpusPath(testPath), '{"all is well": [7]}');
    expect(await failureOf({ seeds: 1 })).toMatch(/story\.seeds\.json: expected lists of seeds/);
    writeFileSync(corpusPath(testPath), '{');
    expect(await failureOf({ seeds: 1 })).toMatch(/story\.seeds\.json: expected JSON/);
    expect(() => simTest('x', { seeds: 1 }, { ...picky, members: 0 })).toThrow(/expected `members`/);
    expect(() => simTest('x', { seeds: 1.5 }, picky)).toThrow(/expected `seeds` to be a whole number/);
  });
});
