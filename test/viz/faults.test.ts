import { describe, expect, it } from 'vitest';
import { cutSpans, flagsOf, rareEvents, messageTable } from './page_model.ts';
import { TraceStory } from './story.ts';

const ms = 1_000_000;
const endNs = 1000 * ms;

describe('cuts', () => {
  it('of both directions are one partition that shades the smaller side until it heals', () => {
    const spans = cutSpans(
      [
        { atNs: 100 * ms, kind: 'cut', from: [2], to: [1, 3] },
        { atNs: 100 * ms, kind: 'cut', from: [1, 3], to: [2] },
        { atNs: 400 * ms, kind: 'heal' },
      ],
      3,
      endNs,
    );
    expect(spans).toHaveLength(1);
    expect(spans[0]).toMatchObject({
      startNs: 100 * ms,
      endNs: 400 * ms,
      cutOff: [2],
      groups: [[1, 3], [2]],
    });
    expect(spans[0]?.words).toBe('n1 n3  |  n2');
  });

  it('of one direction say which, change with further cuts and mends, and last to the end', () => {
    const spans = cutSpans(
      [
        { atNs: 100 * ms, kind: 'cut', from: [1], to: [2, 3] },
        { atNs: 200 * ms, kind: 'crash', member: 3, mode: 'drop' },
        { atNs: 300 * ms, kind: 'mend', from: [1], to: [3] },
      ],
      3,
      endNs,
    );
    expect(spans.map(({ words, startNs, endNs: end }) => [words, startNs / ms, end / ms])).toEqual([
      ['n1 \u219b n2 n3', 100, 300],
      ['n1 \u219b n2', 300, 1000],
    ]);
    expect(spans.map(({ cutOff }) => cutOff)).toEqual([[1], [1]]);
  });

  it('tells held links from cut ones', () => {
    const [span] = cutSpans([{ atNs: 0, kind: 'hold', from: [1], to: [2] }], 3, endNs);
    expect([span?.held, span?.words]).toEqual([true, 'held: n1 \u219b n2']);
  });
});

describe('flags', () => {
  it('join interventions of one moment and kind, and tell faults from repairs', () => {
    const story = new TraceStory();
    const say = (at: number, action: object): number =>
      story.at(at, 0, 'intervene', { text: JSON.stringify(action) });
    const first = say(100, { kind: 'crash', member: 3, mode: 'drop' });
    story.at(100, 3, 'crash');
    const second = say(100, { kind: 'crash', member: 1, mode: 'drop' });
    say(150, { kind: 'cut', from: [1], to: [2, 3] });
    say(150, { kind: 'cut', from: [2, 3], to: [1] });
    say(200, { kind: 'restart', member: 3 });
    story.at(300, 0, 'violation', { text: 'something broke' });
    story.at(400, 0, 'sometimes', { text: 'a goal' });
    const flags = flagsOf(story.trace);
    expect(flags.map(({ kind, words, short }) => [kind, words, short])).toEqual([
      ['fault', 'crash n3 n1: unsynced writes are lost', 'crash n3 n1'],
      ['fault', 'cut n1 | n2 n3', 'cut n1'],
      ['repair', 'restart n3', 'restart n3'],
      ['violation', 'something broke', 'violation'],
      ['goal', 'a goal', ''],
    ]);
    expect(flags[0]?.events).toEqual([first, second]);
  });

  it('survive texts that are no interventions', () => {
    const story = new TraceStory();
    story.at(1, 0, 'intervene', { text: '{"half' });
    expect(flagsOf(story.trace).map(({ words }) => words)).toEqual(['{"half']);
  });
});

describe('rare events', () => {
  it('are indexed by sort, on their lane and over all', () => {
    const story = new TraceStory();
    const campaign = story.at(1, 1, 'role', { role: 2, term: 1 });
    const leader = story.at(2, 1, 'role', { role: 3, term: 1 });
    story.at(3, 1, 'role', { role: 0, term: 2 });
    const snapshot = story.message(4, 5, 1, 2, 7);
    const lost = story.at(6, 1, 'send', { to: 3, type: 5 });
    const drop = story.at(7, 3, 'drop', { from: 1, type: 5 }, lost);
    const crash = story.at(8, 2, 'crash');
    const rare = rareEvents(story.trace, messageTable(story.trace, endNs));
    const all = rare.get(-1);
    expect(all && Object.entries(all).map(([sort, index]) => [sort, [...index.refs]])).toEqual([
      ['violation', []],
      ['crash', [crash]],
      ['fault', []],
      ['leader', [leader]],
      ['campaign', [campaign]],
      ['diskFault', []],
      ['snapshot', [snapshot]],
      ['drop', [drop]],
      ['vote', []],
      ['peer', []],
      ['watched', []],
    ]);
    expect([...(rare.get(3)?.drop.refs ?? [])]).toEqual([drop]);
    expect(rare.get(1)?.drop.refs.length).toBe(0);
  });
});
