import { describe, expect, it } from 'vitest';
import type { Story } from '../../sim/faults/story.ts';
import { runScenario } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { shrink } from '../../sim/shrink/shrink.ts';
import { leftInWords } from '../../sim/shrink/words.ts';
import { caseOf } from '../../sim/shrink/case.ts';
import { renumbered } from '../../sim/shrink/members.ts';
import { plainer } from '../../sim/shrink/simplify.ts';
import type { RunFile } from '../../sim/trace/codec.ts';
import { argument, statusNames } from '../../sim/trace/kinds.ts';
import type { Intervention } from '../../sim/trace/run_info.ts';
import { expectSameAgain, rows, troubled } from './one_trouble.ts';

/** Nobody asks for anything but the story, which begins when the members know each other's version. */
function quiet(told: (story: Story) => Script, change: Partial<Scenario> = {}): Scenario {
  const begun = function* (story: Story): Script {
    yield* story.sleep(500);
    yield* told(story);
  };
  return troubled(begun, { workload: function* () {}, durationMs: 3000, ...change });
}

/** What was asked by hand and what came of it: "c1 {...} ok {...}". */
function answers({ trace, info }: RunFile): string[] {
  const asked = rows({ trace, info }, 'invoke', (row) => (trace.causes[row] ?? -1) >= 0);
  return asked.map((row) => {
    const [back = -1] = rows({ trace, info }, 'return', (each) => trace.causes[each] === row);
    const status = back < 0 ? 'open' : statusNames[trace.arg(back, argument('return', 'status'))];
    const text = back < 0 ? '' : trace.text(back, argument('return', 'text'));
    return `${info.lanes[trace.lanes[row] ?? 0]?.name} ${trace.text(row, argument('invoke', 'text'))} ${status} ${text}`.trimEnd();
  });
}

describe('what clients are asked for by hand', () => {
  it('is done, recorded, answered, judged, and replayed', () => {
    const scenario = quiet(function* (story) {
      story.call(1, { kind: 'put', key: 'a', value: '1' });
      yield* story.sleep(100);
      story.call(2, { kind: 'get', key: 'a' });
      story.call(2, { kind: 'get', key: 'a', serializable: true, via: 3 });
      story.call(1, { kind: 'range', prefix: '' });
      yield* story.sleep(100);
      story.call(1, { kind: 'delete', key: 'a' });
      yield* story.sleep(100);
      story.call(1, { kind: 'range', prefix: 'a' });
    });
    const file = runScenario({ scenario, seed: '1' });
    expect(answers(file)).toEqual([
      'c1 {"kind":"put","key":"a","value":"1"} ok null',
      'c2 {"kind":"get","key":"a"} ok "1"',
      'c2 {"words":"range a, serializable","kind":"range","key":"a","serializable":true} ok {"words":"a = 1","count":1}',
      'c1 {"words":"range ..","kind":"range","key":"\\u0000","rangeEnd":"\\u0000"} ok {"words":"a = 1","count":1}',
      'c1 {"kind":"delete","key":"a"} ok true',
      'c1 {"words":"range a..b","kind":"range","key":"a","rangeEnd":"b"} ok {"words":"no such key","count":0}',
    ]);
    expect(file.info.verdict.passed).toBe(true);
    expect(file.info.verdict.checks.find(({ name }) => name === 'linearizability')?.detail).toMatch(
      /^5 oper/,
    );
    expect(file.info.interventions.map(({ kind }) => kind)).toEqual(Array.from({ length: 6 }, () => 'call'));
    expectSameAgain(scenario, file);
  });

  it('goes on beside what a script does, as somebody of its own', () => {
    const scenario = troubled(function* (story) {
      yield* story.sleep(500);
      for (let i = 0; i < 10; i++) {
        story.call(1, { kind: 'put', key: 'key1', value: `by hand ${i}` });
        yield* story.sleep(20);
      }
    });
    const file = runScenario({ scenario, seed: '1' });
    expect(answers(file)).toHaveLength(10);
    expect(answers(file).every((line) => line.endsWith(' ok null'))).toBe(true);
    expect(file.info.verdict.violations).toEqual([]);
    expectSameAgain(scenario, file);
  });

  it('finds a stale read of a leader that is cut off', () => {
    const scenario = quiet(
      function* (story) {
        const old = story.leader();
        story.isolate(old);
        const leader = yield* story.untilLeader(5000, old);
        story.call(1, { kind: 'put', key: 'a', value: 'new', via: leader });
        yield* story.sleep(100);
        story.call(2, { kind: 'get', key: 'a', via: old });
        yield* story.sleep(100);
      },
      { durationMs: 5000 },
    );
    const { info } = runScenario({ scenario, seed: '1', bugs: ['local-reads'] });
    expect(info.verdict.violations.map(({ check }) => check)).toContain('linearizability');
    expect(runScenario({ scenario, seed: '1' }).info.verdict.violations).toEqual([]);
  });
});

describe('a lease that a client is asked for', () => {
  const keeping = (kept: boolean): Scenario =>
    quiet(
      function* (story) {
        story.call(1, { kind: 'grant', lease: 7, ttlSeconds: 2, keep: kept });
        yield* story.sleep(200);
        story.call(1, { kind: 'put', key: 'a', value: '1', lease: 7 });
        yield* story.sleep(4500);
        story.call(2, { kind: 'get', key: 'a' });
        yield* story.sleep(100);
        story.call(1, { kind: 'stopKeeping', lease: 7 });
        yield* story.sleep(4500);
        story.call(2, { kind: 'get', key: 'a' });
      },
      { durationMs: 11_500 },
    );

  it('is kept until the client is told to keep it no more, and takes its keys with it', () => {
    const file = runScenario({ scenario: keeping(true), seed: '1' });
    const said = answers(file);
    expect(said[0]).toBe(
      'c1 {"words":"grant a lease of 2 s","kind":"leaseGrant","lease":"7","ttl":2} ok {"lease":"7","ttl":2}',
    );
    expect(said.slice(2)).toEqual([
      'c2 {"kind":"get","key":"a"} ok "1"',
      'c2 {"kind":"get","key":"a"} ok null',
    ]);
    expect(file.info.interventions.map((each) => (each.kind === 'call' ? each.request.kind : ''))).toContain(
      'stopKeeping',
    );
    expect(file.info.verdict.violations).toEqual([]);
    expectSameAgain(keeping(true), file);
  });

  it('ends by itself when nobody keeps it; then there is nothing to stop', () => {
    const file = runScenario({ scenario: keeping(false), seed: '1' });
    expect(answers(file)[2]).toBe('c2 {"kind":"get","key":"a"} ok null');
    expect(
      file.info.interventions.map((each) => (each.kind === 'call' ? each.request.kind : '')),
    ).not.toContain('stopKeeping');
    expect(file.info.verdict.violations).toEqual([]);
  });
});

describe('a watch that a client is asked for', () => {
  it('hears of what comes, also behind a crash, and is judged', () => {
    const scenario = quiet(
      function* (story) {
        story.call(1, { kind: 'watch', key: 'job/', prefix: true });
        story.call(1, { kind: 'watch', key: '', prefix: true, startRevision: 1 });
        yield* story.sleep(200);
        story.call(2, { kind: 'put', key: 'job/1', value: 'x' });
        story.crash(story.leader(), 'keep');
        yield* story.sleep(100);
        for (const member of story.members) story.restart(member);
        yield* story.sleep(1500);
        story.call(2, { kind: 'put', key: 'job/2', value: 'y' });
        yield* story.sleep(300);
      },
      { durationMs: 4500 },
    );
    const file = runScenario({ scenario, seed: '1' });
    const heard = rows(file, 'watched', (row) => file.trace.arg(row, argument('watched', 'count')) > 0).map(
      (row) => `${file.trace.arg(row, 0)} ${file.trace.text(row, argument('watched', 'text'))}`,
    );
    expect(heard.some((text) => text.startsWith('1 ') && text.includes('put job/2 = y'))).toBe(true);
    expect(heard.some((text) => text.startsWith('2 ') && text.includes('put job/2 = y'))).toBe(true);
    expect(
      file.info.verdict.checks.some(({ name, status }) => /watch/.test(name) && status === 'passed'),
    ).toBe(true);
    expect(file.info.verdict.violations).toEqual([]);
    expectSameAgain(scenario, file);
  });
});

describe('what was asked by hand', () => {
  const via: Intervention = { atNs: 9, kind: 'call', client: 2, request: { kind: 'get', key: 'a', via: 3 } };

  it('is left out by the shrinker when nothing depends on it', () => {
    const broken = {
      name: 'a promise',
      guarantee: 'A promise that nobody keeps.',
      detail: '',
      violations: [{ sentence: 'it is broken', atNs: 0 }],
    };
    const scenario = quiet(
      function* (story) {
        story.call(1, { kind: 'put', key: 'a', value: '1' });
        story.call(2, { kind: 'watch', key: 'a' });
        yield* story.sleep(10);
      },
      { durationMs: 2000, judge: () => [broken] },
    );
    let tries = 40;
    const shrunk = shrink({ scenario, seed: '1' }, { goOn: () => tries-- > 0 });
    expect(shrunk.after.interventions).toEqual([]);
  });

  it('moves with its client and the member it asks, and goes when one of them goes', () => {
    const numbers = new Map([
      [1, 1],
      [3, 2],
    ]);
    expect(renumbered([via], numbers)).toEqual([
      { atNs: 9, kind: 'call', client: 2, request: { kind: 'get', key: 'a', via: 2 } },
    ]);
    expect(
      renumbered(
        [via],
        new Map([
          [1, 1],
          [2, 2],
        ]),
      ),
    ).toEqual([]);
    expect(renumbered([via], numbers, new Map([[1, 1]]))).toEqual([]);
    expect(
      plainer({ kind: 'call', client: 1, request: { kind: 'get', key: 'a', serializable: true, via: 2 } }),
    ).toEqual([
      { kind: 'call', client: 1, request: { kind: 'get', key: 'a', serializable: true } },
      { kind: 'call', client: 1, request: { kind: 'get', key: 'a', via: 2 } },
    ]);
  });

  it('is told in words', () => {
    const scenario = quiet(
      function* (story) {
        story.call(1, { kind: 'grant', lease: 1, ttlSeconds: 5, keep: true });
        story.call(2, { kind: 'range', prefix: '', serializable: true, via: 2 });
        yield* story.sleep(50);
      },
      { durationMs: 2000 },
    );
    const file = runScenario({ scenario, seed: '1' });
    expect(leftInWords(file, caseOf(file.info)).filter((line) => line.includes('asked'))).toEqual([
      expect.stringMatching(/c1 is asked to grant lease 1 of 5 s and keep it$/),
      expect.stringMatching(/c2 is asked to get every key at n2, serializable$/),
    ]);
  });
});
