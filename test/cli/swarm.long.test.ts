import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readResults } from '../../scenarios/cli/swarm/results_file.ts';
import { installIn, writeJavaScript, writeTypeScript } from '../swarm/my_scenario.ts';
import { type Ran, detcdHere, detcdIn } from './run_here.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'detcd-swarm-'));
  installIn(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

const short = ['--members', '3', '--clients', '2', '--duration', '2s'];
const swarm = (...args: string[]): Ran => detcdIn(folder, 'swarm', ...args);
const resultsIn = (out: string) => readResults(join(folder, out, 'results.jsonl'));

describe('detcd swarm', () => {
  it('runs seeds in threads: one after another in one, yet each as in a process of its own', () => {
    const ran = swarm('crash-storm', 'calm-days', '--seeds', '6', '--from', '7', '--jobs', '1', ...short);
    expect(ran.err).toBe('');
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('GREEN  every guarantee held in 6 runs');
    const { results } = resultsIn('runs/swarm');
    expect(results.map(({ scenario, seed }) => `${scenario} ${seed}`).slice(0, 3)).toEqual([
      'crash-storm 7',
      'calm-days 7',
      'crash-storm 8',
    ]);
    for (const { scenario, seed, digest } of results.slice(-1)) {
      const fresh = detcdIn(folder, 'run', scenario, '--seed', seed, ...short, '--no-out', '--json').out;
      expect((JSON.parse(fresh) as { digest: string }).digest).toBe(digest);
    }
  });

  it('goes on where it stopped, and mixes nothing', () => {
    const again = (...more: string[]): Ran =>
      swarm('calm-days', '--jobs', '1', '--out', 'resumed', ...short, ...more);
    expect(again('--seeds', '3').code).toBe(0);
    const file = join(folder, 'resumed', 'results.jsonl');
    appendFileSync(file, '{"kind":"run","scen');
    const refused = again('--seeds', '5');
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('there are results of 3 runs: go on with --resume');
    const { out, code } = again('--seeds', '5', '--resume', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ runs: 5, green: true });
    const { sessions, results } = resultsIn('resumed');
    expect(sessions).toHaveLength(2);
    expect(results.map(({ seed }) => Number(seed)).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
    const other = again('--seeds', '5', '--resume', '--bug', 'respond-before-fsync');
    expect(other.code).toBe(2);
    expect(other.err).toMatch(/--resume: .*results\.jsonl was made with bugs \[\], this is \["respond/);
  });

  it('groups what fails, each with lines that fail again, and is red', () => {
    const args = [
      'power-failure',
      '--seeds',
      '2',
      '--jobs',
      '1',
      '--bug',
      'respond-before-fsync',
      '--out',
      'red',
    ];
    const ran = swarm(...args, '--duration', '8s', '--members', '3');
    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(/RED\n {2}\d of 2 runs failed/);
    const again = /npx detcd (run power-failure --seed .*)/.exec(ran.out)?.[1] ?? '';
    expect(detcdIn(folder, ...again.split(' '), '--no-out').code).toBe(1);
    const first = swarm(...args, '--stop-on-failure', '--out', 'first', '--duration', '8s');
    expect(first.code).toBe(1);
    expect(resultsIn('first').results.filter(({ passed }) => !passed)).toHaveLength(1);
  });

  it('has a canary that is found, apart from its runs', () => {
    const ran = swarm(
      'calm-days',
      '--seeds',
      '10',
      '--canary',
      '--out',
      'canary',
      '--goal-runs',
      '0',
      ...short,
    );
    expect(ran.out).toContain('canary      respond-before-fsync was found in 1 of 1 run');
    expect(ran.code).toBe(0);
    expect(resultsIn('canary').results).toHaveLength(11);
  });

  it("runs a person's scenarios; one that throws is a failure", () => {
    writeTypeScript(folder);
    writeJavaScript(folder, 'throws', "yield* story.sleep(10); throw new Error('oh 12');");
    const ran = swarm('./my-own.ts', 'throws.mjs', '--seeds', '4', '--jobs', '2', '--out', 'own', '--json');
    expect(ran.code).toBe(1);
    const { failures, scenarios, runs } = JSON.parse(ran.out) as {
      runs: number;
      scenarios: { scenario: string; failedRuns: number }[];
      failures: { signature: string; lines: string[]; runs: { again: string }[] }[];
    };
    expect(runs).toBe(4);
    expect(scenarios.map(({ scenario, failedRuns }) => [scenario, failedRuns])).toEqual([
      ['my-own', 0],
      ['throws', 2],
    ]);
    expect(failures.map(({ signature }) => signature)).toEqual(['the run threw: Error: oh N']);
    expect(failures[0]?.lines[0]).toMatch(/^at .*nemesis.*\(throws\.mjs:\d+:\d+\)$/);
    expect(failures[0]?.runs[0]?.again).toContain('npx detcd run throws.mjs --seed 1 ');
  });

  it('is divided into shards, which do not judge goals: `detcd report` does, over all of them', () => {
    writeJavaScript(folder, 'hopeless', 'yield* story.sleep(1);');
    const file = join(folder, 'hopeless.mjs');
    writeFileSync(file, readFileSync(file, 'utf8').replace('facts.leaderTerms > 0', 'false'));
    const part = (number: number): Ran => {
      const shard = ['--shard', `${number}/2`, '--out', 'parts', '--goal-runs', '3', '--jobs', '1'];
      return swarm('./hopeless.mjs', '--seeds', '5', ...shard, '--duration', '1s');
    };
    expect(part(1).code).toBe(0);
    expect(part(2).code).toBe(0);
    const page = join(folder, 'page.html');
    const { code, out } = detcdHere('report', join(folder, 'parts'), '--json', '--html', page);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      runs: 5,
      failedRuns: 0,
      green: false,
      red: ['hopeless never reached this in 5 runs: somebody led'],
    });
    expect(readFileSync(page, 'utf8')).toContain('<td>hopeless</td><td>5</td>');
    const one = detcdHere('report', join(folder, 'parts', 'results-2-of-2.jsonl'));
    expect(one.out).toMatch(/hopeless +2 +0/);
    expect(one.code).toBe(0);
  });

  it.each([
    [['nonsense'], 'there is no scenario "nonsense"'],
    [['calm-days', 'calm-days'], 'calm-days is named twice'],
    [['--seeds', '0'], '--seeds: expected a whole number from 1'],
    [['--jobs', 'x'], '--jobs: expected a whole number from 1 to 1024, got "x"'],
    [['--shard', '3/2'], '--shard: expected I/N with I from 1 to N, such as 2/8, got "3/2"'],
    [['--shard', '0/2'], '--shard: expected I/N'],
    [['--shard', 'half'], '--shard: expected I/N'],
    [['--time', 'soon'], '--time: expected a time from 1s to 24h'],
    [['--canary', '--no-canary'], '--canary and --no-canary contradict each other'],
    [['--collect', '--stop-on-failure'], 'contradict each other'],
    [['--bug', 'gremlin'], 'there is no planted bug "gremlin"'],
    [['--seed', '3'], 'unknown flag --seed'],
  ])('answers %j with a sentence and exit code 2', (args, sentence) => {
    const { code, out, err } = detcdHere('swarm', ...args, '--out', join(folder, 'never'));
    expect(err).toContain(sentence);
    expect(err).not.toMatch(/\n\s+at /);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(existsSync(join(folder, 'never'))).toBe(false);
  });

  it('says why it can not write', () => {
    writeFileSync(join(folder, 'in-the-way'), '');
    const { code, err } = swarm('calm-days', '--seeds', '1', '--out', 'in-the-way');
    expect(err).toMatch(/^(?:--out: can't write|in-the-way)/);
    expect(code).toBe(2);
  });
});

describe('detcd report', () => {
  it.each([
    [[], "expected a swarm's folder or file of results, got nothing"],
    [['missing'], "missing: can't read it: no such file or directory"],
    [['node_modules/detcd/bin'], 'expected results of `detcd swarm` (*.jsonl), found none'],
    [['node_modules/detcd/package.json'], 'line 1: expected a line of `detcd swarm`, found no JSON'],
  ])('answers %j with a sentence and exit code 2', (args, sentence) => {
    const paths = args.map((path) => join(folder, path));
    const { code, err, out } = detcdHere('report', ...paths);
    expect(err).toContain(sentence);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });
});
