import { describe, expect, it } from 'vitest';
import { Kind } from '../../sim/trace/kinds.ts';
import { Finder, modelOf, parseQuery, tableCells, tableColumns, tableEvents } from './page_model.ts';
import { TraceStory, headOf } from './story.ts';
import { syntheticRun } from './synthetic_trace.ts';

const story = new TraceStory();
const note = story.at(1, 0, 'note', { text: 'the Zo\u00eb note' });
const put = story.at(2, 4, 'invoke', { operation: 7, text: '{"key":"/a/b","value":"x"}' });
const request = story.at(3, 4, 'requestSend', { to: 1, operation: 7 }, put);
const get = story.at(4, 4, 'invoke', { operation: 8, operationKind: 1, text: '{"key":"/c"}' });
const append = story.message(5, 6, 1, 2, 3);
const vote = story.message(7, 8, 2, 3, 5);
const lost = story.at(9, 3, 'send', { to: 1, type: 3, term: 4 });
const drop = story.at(10, 1, 'drop', { from: 3, type: 3, reason: 1 }, lost);
const run = modelOf({ info: headOf(), trace: story.trace });
const finder = new Finder(run);
const find = (text: string): number[] => [...finder.find(parseQuery(text))];

describe('search', () => {
  it.each([
    ['zo\u00eb', [note]],
    ['note zo\u00eb', [note]],
    ['zo\u00eb vote', []],
    ['key:/a*', [put, request]],
    ['key:/c', [get]],
    ['op:7', [put, request]],
    ['type:vote', [vote, vote + 1]],
    ['type:msgapp node:n1', [append, drop]],
    ['kind:send term:4', [lost]],
    ['drop:true', [drop]],
    ['t:6.5ms..8ms', [vote, vote + 1]],
    ['t:9ms', [lost, drop]],
    [`event:${get}`, [get]],
    ['"x"', [put]],
    ['nothing-like-it', []],
  ])('%s', (text, events) => {
    expect(find(text)).toEqual(events);
  });

  it('finds no text that runs from one text into the next', () => {
    // The table of texts has "...note" directly before the JSON of the call.
    expect(find('note{')).toEqual([]);
  });

  it('says what is wrong with a time', () => {
    expect(parseQuery('t:soon').mistake).toContain('"soon"');
    expect(parseQuery('t:1s..').mistake).toBe('');
  });

  it('agrees with looking at every event of a long run', () => {
    const model = modelOf(syntheticRun({ events: 8000 }));
    const { trace } = model;
    const expected: number[] = [];
    for (let i = 0; i < trace.length; i++)
      if (trace.kinds[i] === Kind.invoke && trace.text(i, 3).includes('value')) expected.push(i);
    expect(expected.length).toBeGreaterThan(10);
    expect([...new Finder(model).find(parseQuery('value kind:invoke'))]).toEqual(expected);
  });
});

describe('the table of events', () => {
  it('is narrowed by lane, kind and what was found', () => {
    expect([...tableEvents(run, { lane: 1, kind: -1, among: null })]).toEqual([append, drop]);
    expect([...tableEvents(run, { lane: -1, kind: Kind.invoke, among: null })]).toEqual([put, get]);
    expect([...tableEvents(run, { lane: 1, kind: -1, among: Int32Array.of(note, drop) })]).toEqual([drop]);
  });

  it('has a column for each argument of a kind, and words otherwise', () => {
    expect(tableColumns(Kind.drop)).toEqual(['event', 'time', 'lane', 'from', 'type', 'reason']);
    expect(tableCells(run, drop, Kind.drop)).toEqual([
      String(drop),
      '0.01 s',
      'n1',
      'n3',
      'MsgApp',
      'partition',
    ]);
    expect(tableColumns(-1).at(-1)).toBe('what happened');
    expect(tableCells(run, note, -1)).toHaveLength(5);
  });
});
