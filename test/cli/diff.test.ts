import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findScenario } from '../../scenarios/catalogue.ts';
import { firstDifferentEvent } from '../../scenarios/cli/trace_difference.ts';
import { type RunRequest, runScenario } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';
import { type RunFile, encodeRunFile } from '../../sim/trace/codec.ts';
import { Kind } from '../../sim/trace/kinds.ts';
import { Trace } from '../../sim/trace/trace.ts';
import { detcdHere } from './run_here.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'detcd-diff-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const scenario = findScenario('leader-isolated') as Scenario;

function run(changed: Partial<RunRequest> = {}): RunFile {
  return runScenario({ scenario, seed: '1', members: 3, clients: 2, durationMs: 2000, ...changed });
}

function written(name: string, file: RunFile): string {
  const path = join(folder, name);
  writeFileSync(path, encodeRunFile(file));
  return path;
}

describe('detcd diff', () => {
  it('says that two runs are the same', () => {
    const a = written('a', run());
    const { code, out } = detcdHere('diff', a, written('same', run()));
    expect(out).toContain('SAME');
    expect(code).toBe(0);
  });

  it('names the first event that differs, what stands before it, and both sides', () => {
    const first = run();
    const { interventions } = first.info;
    const crash = { kind: 'crash', member: 2, mode: 'drop', atNs: 1_500_000_000 } as const;
    const second = run({ interventions: [...interventions, crash].sort((x, y) => x.atNs - y.atNs) });
    const [a, b] = [written('a', first), written('b', second)];
    const { code, out } = detcdHere('diff', a, b, '--rows', '3', '--json');
    expect(code).toBe(1);
    const found = JSON.parse(out) as Record<'before' | 'a' | 'b' | 'heads', string[]> & { event: number };
    expect(found.before).toHaveLength(3);
    expect(found.b[0]).toMatch(/^1\.500000 s .*crash/);
    expect(found.a[0]).not.toBe(found.b[0]);
    expect(found.heads.join()).toMatch(/^intervention \d+: /);
    // By hand, without digests.
    let same = 0;
    const facts = ({ trace }: RunFile, at: number): unknown =>
      [trace.timesNs[at], trace.kinds[at], trace.lanes[at], trace.causes[at]].join();
    while (facts(first, same) === facts(second, same)) same++;
    expect(found.event).toBe(same);
    const text = detcdHere('diff', a, b).out;
    expect(text).toContain(`DIFFERENT  from event ${same} on`);
    expect(text).toContain(`\n  A ${found.a[0]}`);
    expect(text).toContain(`\n  B ${found.b[0]}`);
  });

  it('tells of other options and seeds', () => {
    const [a, b] = [written('a', run()), written('other', run({ seed: '2', clients: 1 }))];
    const { out, code } = detcdHere('diff', a, b);
    expect(code).toBe(1);
    expect(out).toContain('seed: 1 and 2');
    expect(out).toContain('clients: 2 and 1');
  });

  it.each([
    [[], 'expected two trace files, got nothing'],
    [['a'], 'expected two trace files, got only "a"'],
    [['a', 'b', 'c'], 'got also "c"'],
    [['missing.detcd', 'b'], "missing.detcd: can't read it: no such file or directory"],
    [['a', 'b', '--rows', '0'], '--rows: expected a whole number from 1 to 1000, got "0"'],
  ])('answers %j with a sentence and exit code 2', (args, sentence) => {
    const { code, err, out } = detcdHere('diff', ...args);
    expect(err).toContain(sentence);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });
});

describe('the first different event', () => {
  const { info } = run();
  const traced = (notes: readonly string[]): RunFile => {
    const trace = new Trace();
    notes.forEach((note, i) => {
      trace.nowNs = i;
      trace.add(Kind.note, 0, -1, trace.string(note));
    });
    return { info, trace };
  };

  it('is the one with another text, although texts have numbers', () => {
    const a = traced(['x', 'y', 'x', 'z']);
    expect(firstDifferentEvent(a, traced(['x', 'y', 'x', 'z']))).toBe(null);
    expect(firstDifferentEvent(a, traced(['x', 'y', 'x', 'other']))).toBe(3);
    expect(firstDifferentEvent(a, traced(['x', 'other', 'x', 'z']))).toBe(1);
    expect(firstDifferentEvent(a, traced(['x', 'other', 'x', 'x']))).toBe(1);
    expect(firstDifferentEvent(a, traced(['x', 'y', 'y', 'z']))).toBe(2);
  });

  it('is the end of the shorter one', () => {
    const a = traced(['x', 'y', 'x']);
    expect(firstDifferentEvent(a, traced(['x', 'y']))).toBe(2);
    expect(firstDifferentEvent(traced([]), a)).toBe(0);
  });
});
