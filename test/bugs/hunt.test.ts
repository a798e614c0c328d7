import { describe, expect, it } from 'vitest';
import { type Finding, huntRuns, huntedStories, isCaught, medianRuns } from '../../scenarios/bugs/hunt.ts';
import { catalogue } from '../../scenarios/catalogue.ts';
import { detcdHere } from '../cli/run_here.ts';

const finding = (runs: number, isFound = true): Finding => ({
  bug: 'local-reads',
  runs,
  found: isFound ? { scenario: 'leader-isolated', seed: '1' } : null,
  wallMs: 1,
});

describe('a hunt', () => {
  it('gives each story its turn with a seed before the next seed comes', () => {
    const runs = [...huntRuns({ hunt: ['one', 'two'] }, 5)];
    expect(runs.map(({ scenario, seed }) => `${scenario} ${seed}`)).toEqual([
      'one 1',
      'two 1',
      'one 2',
      'two 2',
      'one 3',
    ]);
  });

  it('goes through the whole catalogue when no story is named', () => {
    expect(huntedStories({ hunt: [] })).toEqual(catalogue.map(({ name }) => name));
  });

  it('counts only what the named check finds', () => {
    expect(isCaught({ check: 'watch: ordered' }, ['members agree in the end'])).toBe(false);
    expect(isCaught({ check: 'watch: ordered' }, ['linearizability', 'watch: ordered'])).toBe(true);
  });

  it('has a median over those found', () => {
    expect(medianRuns([finding(9), finding(1), finding(2000, false), finding(4)])).toBe(4);
    expect(medianRuns([finding(2), finding(4)])).toBe(3);
    expect(medianRuns([finding(7, false)])).toBeNaN();
  });
});

describe('detcd bugs', () => {
  it('lists them', () => {
    const { code, out } = detcdHere('bugs');
    expect(code).toBe(0);
    expect(out).toContain('W2   watch-back-in-time');
  });

  it('tells of one what was promised, done and seen', () => {
    const { code, out } = detcdHere('bugs', 'run', 'R1', '--no-out');
    expect(out).toContain('promised');
    expect(out).toContain('what was done');
    expect(out).toMatch(/caught by: .+, at \d/);
    expect(code).toBe(0);
  });

  it.each([
    [['bugs', 'catch'], 'detcd bugs: expected run, hunt or nothing, got "catch".'],
    [['bugs', 'run'], "detcd bugs run: expected a bug's name or code, got nothing."],
    [['bugs', 'run', 'X1'], 'there is no planted bug "X1". `detcd bugs` shows all of them.'],
    [['bugs', 'run', 'back-in'], 'there is no planted bug "back-in". Did you mean watch-back-in-time?'],
    [['bugs', 'run', 'watch-starts-late'], 'watch-starts-late has no script'],
  ])('answers %j with a sentence', (args, sentence) => {
    const { code, err } = detcdHere(...args);
    expect(code).toBe(2);
    expect(err).toContain(sentence);
    expect(err).not.toMatch(/^\s+at /m);
  });
});
