import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect } from '../../scenarios/cli/swarm/collected.ts';
import { swarmPage } from '../../scenarios/cli/swarm/page.ts';
import { ResultsWriter, type SessionLine, readResults } from '../../scenarios/cli/swarm/results_file.ts';
import { summary } from '../../scenarios/cli/swarm/summary.ts';
import { UsageError } from '../../scenarios/cli/usage_error.ts';
import { failing, result } from './results.ts';

const session: SessionLine = {
  kind: 'detcd swarm',
  version: 1,
  build: '0.1.0',
  bugs: [],
  sources: {},
  goalRuns: 2,
  jobs: 1,
  shard: { number: 1, count: 1 },
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'detcd-results-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, results: readonly ReturnType<typeof result>[], head = session): string {
  const path = join(folder, name);
  const writer = new ResultsWriter(path, head, 0);
  for (const each of results) writer.add(each);
  writer.close();
  return path;
}

describe('a file of results', () => {
  it('holds what was written, session after session', () => {
    const results = [result('a', 1), failing('a', 2, 'c', 'a "text" with\nlines')];
    const path = written('two/sessions.jsonl', results);
    const first = readResults(path);
    expect(first.results).toEqual(results);
    const writer = new ResultsWriter(path, session, first.wholeBytes);
    writer.add(result('a', 3, { endedMs: 500 }));
    writer.close();
    const both = readResults(path);
    expect(both.sessions).toHaveLength(2);
    expect(both.results).toHaveLength(3);
    expect(both.elapsedMs).toBe(40 + 500);
  });

  it('is read up to a line that was not finished, which the next session cuts off', () => {
    const path = written('torn.jsonl', [result('a', 1), result('a', 2)]);
    appendFileSync(path, '{"kind":"run","scenario":"ä');
    const torn = readResults(path);
    expect(torn.results.map(({ seed }) => seed)).toEqual(['1', '2']);
    const writer = new ResultsWriter(path, session, torn.wholeBytes);
    writer.add(result('a', 3));
    writer.close();
    expect(readResults(path).results.map(({ seed }) => seed)).toEqual(['1', '2', '3']);
  });

  it.each([
    ['', /expected the results of `detcd swarm`, found none/],
    ['hello\n', /line 1: expected a line of `detcd swarm`, found no JSON/],
    ['{"kind":"other"}\n', /line 1: expected a line of `detcd swarm`, found something else/],
    ['null\n', /line 1: .* found something else/],
    [`${JSON.stringify({ kind: 'run', ...result('a', 1) })}\n`, /line 1: .* found a run before any session/],
    [`${JSON.stringify(session)}\n{"kind":"run"}\n`, /line 2: .* found something else/],
    [`${JSON.stringify({ ...session, version: 9 })}\n`, /results of version 9; this build reads version 1/],
  ])('is refused in a sentence if it is %j', (text, sentence) => {
    const path = join(folder, 'bad.jsonl');
    writeFileSync(path, text);
    expect(() => readResults(path)).toThrow(UsageError);
    expect(() => readResults(path)).toThrow(sentence);
  });
});

describe('files put together', () => {
  it('are one campaign: speeds add up, goals are judged over all', () => {
    const shard = (number: number) => ({ ...session, shard: { number, count: 2 } });
    const one = written('s1.jsonl', [result('a', 1, { missed: ['g'], endedMs: 1000 })], shard(1));
    const two = written('s2.jsonl', [result('a', 2, { reached: ['g'], endedMs: 2000 })], shard(2));
    expect(collect([readResults(one)]).red).toEqual([]);
    const both = collect([readResults(one), readResults(two)]);
    expect(both).toMatchObject({ red: [], seedsPerMinute: 90, elapsedMs: 2000 });
    expect(both.counted.scenarios[0]?.goals).toEqual([{ goal: 'g', reached: 1, of: 2 }]);
  });

  it('must be of one build, and of the same scenario files', () => {
    const file = (name: string, head: Partial<SessionLine>) =>
      readResults(written(name, [result('a', 1)], { ...session, ...head }));
    expect(() => collect([file('b1.jsonl', {}), file('b2.jsonl', { build: '9.0.0' })])).toThrow(
      /expected the results of one build, found those of 0\.1\.0 .* 9\.0\.0/,
    );
    const sources = (crc32c: string) => ({ sources: { mine: { path: './mine.ts', crc32c } } });
    expect(() => collect([file('c1.jsonl', sources('1')), file('c2.jsonl', sources('2'))])).toThrow(
      /mine is another file/,
    );
  });
});

describe('what people read', () => {
  const source = { mine: { path: './my own/<b>.ts', crc32c: '12345678' } };
  const results = [
    result('calm-days', 1, {
      missed: ['a goal'],
      faults: { crash: 3 },
      failpoints: { beforeSave: 2, afterSave: 0 },
    }),
    result('calm-days', 2, { missed: ['a goal'] }),
    failing('mine', 7, 'linearizability', 'get(<key1>) = "x"'),
    failing('mine', 9, 'linearizability', 'get(<key2>) = "y"'),
  ];

  it('names each failure once, with the lines that make it again, and what was never reached', () => {
    const path = written('words.jsonl', results, { ...session, sources: source });
    const text = summary(collect([readResults(path)]), (words) => words);
    expect(text).toContain('RED\n  2 of 4 runs failed\n  calm-days never reached this in 2 runs: a goal');
    expect(text).toContain('failures, in 1 group');
    expect(text).toContain('2 runs: linearizability');
    expect(text).toContain("npx detcd run './my own/<b>.ts' --seed 7 --members 3 --clients 2 --duration 1s");
    expect(text).toMatch(/failpoints {2}1 of \d+ ended a member; armed in vain: afterSave/);
    expect(text).toMatch(/faults +crash 3/);
    expect(text).toMatch(/calm-days +2 +0 +3,000 +2 s +50 +50,000 +0\/1/);
  });

  it('are one page without a script or a link, and nothing in it is taken for markup', () => {
    const path = written('page.jsonl', results, { ...session, sources: source });
    const page = swarmPage(collect([readResults(path)]));
    expect(page).toContain('get(&lt;key1&gt;) = &quot;x&quot;');
    expect(page).not.toContain('<key1>');
    expect(page).not.toMatch(/<script|https?:|<link|src=/);
    expect(page).toContain('prefers-color-scheme: dark');
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(6);
  });
});
