import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readResults } from '../../../scenarios/cli/swarm/results_file.ts';
import { isResults } from '../../../viz/dashboard/is_results.ts';
import { failedRunAddress } from '../../../viz/dashboard/run_address.ts';
import { spanText } from '../../../viz/dashboard/span_text.ts';
import { sourceOf } from '../../../viz/load/sources.ts';
import { parsedResults, swarmReport } from '../../../viz/worker/swarm_report.ts';
import { resultsText } from './results.ts';

const report = swarmReport({ type: 'swarm', files: [{ name: 'r.jsonl', text: resultsText() }] });

describe('the report of a swarm', () => {
  it('reads a file as the command line does, an unfinished last line left out', () => {
    const folder = mkdtempSync(join(tmpdir(), 'detcd-results-'));
    try {
      const path = join(folder, 'results.jsonl');
      const text = `${resultsText()}{"kind":"run","scen`;
      writeFileSync(path, text);
      expect(parsedResults(path, text)).toEqual(readResults(path));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('groups failures by cause, each run with what makes it again', () => {
    const [first, second] = report.failures;
    expect(first?.runs.map(({ seed }) => seed)).toEqual(['2', '3']);
    expect(first?.runs[0]?.again).toBe(
      'npx detcd run leader-isolated --seed 2 --members 5 --clients 4 --duration 20s',
    );
    expect(first?.runs[1]?.bugs).toEqual(['local-reads']);
    expect(first?.runs[0]?.known).toBe(true);
    expect(second?.runs[0]?.known).toBe(false);
  });

  it('counts the canary apart, failpoints that fired and those that were never armed, and the pace', () => {
    expect(report.canary).toMatchObject({ runs: 1, found: 1 });
    expect(report.runs).toBe(4);
    expect(report.failpoints).toEqual({ raftAfterSave: 0, walBeforeSync: 4 });
    expect(report.failpointsNeverArmed).toContain('walAfterSync');
    expect(report.failpointsNeverArmed).not.toContain('walBeforeSync');
    expect(report.pace).toEqual([4, 1]);
    expect(report.green).toBe(false);
    expect(structuredClone(report)).toEqual(report);
  });

  it.each([
    ['', 'r.jsonl: expected the results of `detcd swarm`, found none'],
    ['{"kind":"run"}\n', 'r.jsonl: line 1: expected a line of `detcd swarm`, found something else'],
    [
      `${resultsText([])}nonsense\n`,
      'r.jsonl: line 2: expected a line of `detcd swarm`, found something else',
    ],
    [
      `${resultsText([])}{"kind":"run","scenario":7}\n`,
      'r.jsonl: line 2: expected a line of `detcd swarm`, found something else',
    ],
    [
      resultsText([]).replace('"version":1', '"version":9'),
      'r.jsonl: expected results of version 1, found version 9',
    ],
  ])('says what is wrong with a file', (text, sentence) => {
    expect(() => parsedResults('r.jsonl', text)).toThrow(sentence);
  });

  it('tells results from traces that are lines of JSON by what they begin with', async () => {
    expect(await isResults(new Blob([resultsText()]))).toBe(true);
    expect(await isResults(new Blob(['{"kind":"boot"}\n']))).toBe(false);
    expect(await isResults(new Blob([]))).toBe(false);
  });

  it('links to a failed run with the sizes and bugs it had', () => {
    const run = report.failures[0]?.runs[1];
    if (run === undefined) throw new Error('no failed run');
    expect(sourceOf(new URL(`http://page/${failedRunAddress(run)}`), { getElementById: () => null })).toEqual(
      {
        kind: 'live',
        request: {
          scenario: 'leader-isolated',
          seed: '3',
          options: { members: 5, clients: 4, durationMs: 20_000, bugs: ['local-reads'] },
        },
      },
    );
  });

  it('says how long things took', () => {
    expect([400, 12_000, 200_000, 4_800_000, 100_000_000].map(spanText)).toEqual([
      '0 s',
      '12 s',
      '3 min 20 s',
      '1 h 20 min',
      '1 d 3 h',
    ]);
  });
});
