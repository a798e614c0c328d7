import { describe, expect, it } from 'vitest';
import { keyTracks } from '../../viz/model/key_lanes.ts';
import { modelOf } from '../../viz/model/build_columns.ts';
import { type WatchFlaw, watchTracks } from '../../viz/model/watch_lanes.ts';
import { runningModel } from './running_model.ts';
import { TraceStory, headOf } from './story.ts';

describe('lanes by key', () => {
  it('have every operation of a key on one track, none over another, as long as there are tracks', () => {
    const { operations } = runningModel('leader-isolated', 2000);
    const tracks = keyTracks(operations);
    const shown = tracks.flatMap(({ rows }) => [...rows]).sort((a, b) => a - b);
    expect(shown).toEqual(Array.from({ length: operations.length }, (_, row) => row));
    const { startNs, endNs } = operations.columns;
    for (const { key, place, rows } of tracks) {
      for (const [i, row] of rows.entries()) {
        expect(operations.at(row).key).toBe(key);
        const before = rows[i - 1];
        if (before !== undefined && place < 5)
          expect(startNs[row]).toBeGreaterThanOrEqual(endNs[before] as number);
      }
    }
    expect(tracks.map(({ key }) => key)).toEqual(tracks.map(({ key }) => key).toSorted());
  });
});

interface Heard {
  readonly watch: number;
  readonly revision: number;
  readonly text: object;
}

function flawsOf(heard: readonly Heard[]): (readonly WatchFlaw[])[] {
  const story = new TraceStory();
  const opened = new Set<number>();
  for (const [i, { watch, revision, text }] of heard.entries()) {
    if (!opened.has(watch)) {
      opened.add(watch);
      const words = JSON.stringify({ kind: 'opened', key: 'a', rangeEnd: 'c', startRevision: 1 });
      story.at(i, 4, 'watched', { watch, revision: 1, text: words });
    }
    story.at(i + 1, 4, 'watched', { watch, revision, count: 1, text: JSON.stringify(text) });
  }
  const tracks = watchTracks(modelOf({ info: headOf(), trace: story.trace }));
  return tracks.find(({ watch }) => watch === 2)?.points.map(({ flaws }) => flaws) ?? [];
}

const events = (watch: number, ...texts: readonly string[]): Heard => ({
  watch,
  revision: 9,
  text: { kind: 'events', events: texts },
});
const others = [
  events(1, 'put a = 1 @2'),
  events(1, 'put b = 2 @3'),
  events(1, 'delete a @4', 'put z = 1 @5'),
];

describe('what watches heard', () => {
  it('has no flaw in a run without a bug, whatever was slow or lost', () => {
    for (const scenario of ['slow-readers', 'watch-behind-snapshots']) {
      const tracks = watchTracks(runningModel(scenario, 3000));
      const points = tracks.flatMap((track) => track.points);
      expect(points.filter(({ kind }) => kind === 'events').length).toBeGreaterThan(5);
      expect(points.filter(({ flaws }) => flaws.length > 0)).toEqual([]);
    }
  });

  it('marks an event of its range that never came, in later events and in a report', () => {
    expect(flawsOf([...others, events(2, 'put a = 1 @2'), events(2, 'delete a @4')])).toEqual([[], ['gap']]);
    const report: Heard = { watch: 2, revision: 5, text: { kind: 'progress' } };
    expect(flawsOf([...others, events(2, 'put a = 1 @2'), report])).toEqual([[], ['gap']]);
    expect(
      flawsOf([...others, events(2, 'put a = 1 @2', 'put b = 2 @3'), events(2, 'delete a @4'), report]),
    ).toEqual([[], [], []]);
  });

  it('marks what came twice and what came after something later', () => {
    expect(flawsOf([events(2, 'put a = 1 @2'), events(2, 'put a = 1 @2')])).toEqual([[], ['duplicate']]);
    expect(flawsOf([events(2, 'put b = 2 @3'), events(2, 'put a = 1 @2')])).toEqual([['gap'], ['backward']]);
  });
});
