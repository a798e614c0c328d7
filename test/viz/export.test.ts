import { describe, expect, it } from 'vitest';
import { runScenario } from '../../sim/run.ts';
import { chromeTrace } from '../../sim/trace/chrome_trace.ts';
import { type RunFile, TraceFormatError, encodeRunFile } from '../../sim/trace/codec.ts';
import { jsonLines } from '../../sim/trace/json_lines.ts';
import { JsonLinesReader } from '../../sim/trace/json_lines_reader.ts';
import { Kind } from '../../sim/trace/kinds.ts';
import { modelOf } from '../../viz/model/build_columns.ts';
import { requestOf } from '../../viz/worker/request_of.ts';
import { TraceStory, headOf } from './story.ts';

const run = runScenario(requestOf({ scenario: 'majority-crash', seed: '3', options: { durationMs: 3000 } }));

function readBack(text: string): RunFile {
  const reader = new JsonLinesReader();
  for (const line of text.split('\n')) reader.take(line);
  return reader.finish();
}

describe('JSON lines', () => {
  const text = [...jsonLines(run)].join('');

  it('read back are the same run, byte for byte', () => {
    expect(Buffer.compare(encodeRunFile(readBack(text)), encodeRunFile(run))).toBe(0);
  });

  it('are the same from the arrays that the page keeps', () => {
    expect([...jsonLines(modelOf(run))].join('')).toBe(text);
  });

  it('say every event in names', () => {
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(run.trace.length + 1);
    const send = run.trace.kinds.indexOf(Kind.send);
    expect(JSON.parse(lines[send + 1] as string)).toMatchObject({
      event: send,
      ns: run.trace.timesNs[send],
      lane: expect.stringMatching(/^n\d$/) as string,
      kind: 'send',
      type: expect.stringMatching(/^Msg/) as string,
    });
  });

  it('keep a table of texts that is in another order, or has more', () => {
    const story = new TraceStory();
    story.trace.string('never used');
    story.at(1, 0, 'note', { text: 'one \u2192 "two"' });
    const file = { info: { ...headOf(), digest: story.trace.digestText }, trace: story.trace };
    expect(readBack([...jsonLines(file)].join('')).trace.strings).toEqual(story.trace.strings);
  });

  it.each([
    [
      'not an object',
      (lines: string[]) => lines.with(5, 'what'),
      'line 6: expected a JSON object, found "what"',
    ],
    ['another format', (lines: string[]) => lines.with(0, '{}'), 'line 1: expected a head with "format"'],
    ['a line too few', (lines: string[]) => lines.toSpliced(7, 1), 'line 8: expected "event": 6, found 7'],
    [
      'an unknown kind',
      (lines: string[]) => lines.with(3, (lines[3] as string).replace(/"kind":"\w+"/, '"kind":"cough"')),
      'line 4: expected "kind" to be one that this build knows, found "cough"',
    ],
    [
      'a changed time',
      (lines: string[]) =>
        lines.with(lines.length - 1, (lines.at(-1) as string).replace(/"ns":(\d+)/, '"ns":$19')),
      'expected digest',
    ],
    ['nothing', () => [], 'expected a head in the first line, found an empty file'],
  ])('refuse %s with a sentence', (_, damage, sentence) => {
    const lines = text.trimEnd().split('\n');
    expect(() => readBack(damage(lines).join('\n'))).toThrow(TraceFormatError);
    expect(() => readBack(damage(lines).join('\n'))).toThrow(sentence);
  });
});

interface ChromeEvent {
  readonly ph: string;
  readonly name: string;
  readonly pid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly id?: number;
  readonly cat?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

describe('Chrome’s trace format', () => {
  const { traceEvents } = JSON.parse([...chromeTrace(run)].join('')) as { traceEvents: ChromeEvent[] };
  const count = (...kinds: number[]): number =>
    run.trace.kinds.subarray(0, run.trace.length).filter((kind) => kinds.includes(kind)).length;
  const ofPhase = (ph: string): ChromeEvent[] => traceEvents.filter((each) => each.ph === ph);

  it('has every message as an arrow, and its arrival at the time it arrived', () => {
    expect(ofPhase('s')).toHaveLength(count(Kind.send, Kind.requestSend, Kind.responseSend));
    const begun = new Map(ofPhase('s').map((each) => [each.id, each]));
    const ends = ofPhase('f');
    expect(ends).toHaveLength(count(Kind.deliver, Kind.requestDeliver, Kind.responseDeliver));
    for (const end of ends) expect(begun.get(end.id)?.ts).toBeLessThanOrEqual(end.ts);
  });

  it('has every operation and every fsync with its end', () => {
    const operations = ofPhase('X').filter(({ args }) => args?.['operation'] !== undefined);
    expect(operations).toHaveLength(count(Kind.invoke));
    for (const { dur } of operations) expect(dur).toBeGreaterThanOrEqual(0);
    expect(ofPhase('b')).toHaveLength(count(Kind.syncStart));
    expect(ofPhase('e')).toHaveLength(count(Kind.syncDone));
  });

  it('names its lanes, and has roles of members that never overlap', () => {
    const names = ofPhase('M').filter(({ name }) => name === 'process_name');
    expect(names.map(({ args }) => args?.['name'])).toEqual(run.info.lanes.map(({ name }) => name));
    const roles = ofPhase('X').filter(({ name }) => /, term \d+$/.test(name));
    expect(roles.some(({ name }) => name.startsWith('leader'))).toBe(true);
    for (const { id } of run.info.lanes) {
      let untilUs = 0;
      for (const { ts, dur = 0 } of roles.filter(({ pid }) => pid === id)) {
        expect(ts).toBeGreaterThanOrEqual(untilUs - 0.001);
        untilUs = ts + dur;
      }
    }
  });
});
