import { describe, expect, it } from 'vitest';
import {
  type LaneSyncs,
  Role,
  type SyncSpan,
  diskWork,
  memberLives,
  memberStateAt,
  progressByLane,
  spanAt,
  syncSpan,
} from './page_model.ts';
import { TraceStory } from './story.ts';

const ms = 1_000_000;
const endNs = 1000 * ms;

describe('role spans', () => {
  it('follow a member through boot, candidacy, leadership, crash and restart', () => {
    const story = new TraceStory();
    story.at(0, 1, 'boot', { incarnation: 1 });
    story.at(100, 1, 'role', { role: 2, term: 1 });
    story.at(110, 1, 'role', { role: 3, term: 1, leader: 1 });
    const crash = story.at(300, 1, 'crash', { mode: 1 });
    story.at(500, 1, 'boot', { incarnation: 2 });
    story.at(600, 1, 'role', { role: 0, term: 2, leader: 3 });
    const life = memberLives(story.trace, endNs).get(1);
    expect(
      life?.roles.map(({ startNs, endNs: end, role, term }) => [startNs / ms, end / ms, role, term]),
    ).toEqual([
      [0, 100, Role.follower, 0],
      [100, 110, Role.candidate, 1],
      [110, 300, Role.leader, 1],
      [500, 600, Role.follower, 1],
      [600, 1000, Role.follower, 2],
    ]);
    expect(life?.gaps).toEqual([{ startNs: 300 * ms, endNs: 500 * ms, event: crash, kind: 'down' }]);
  });

  it('keep the role under a pause, and end the pause with a crash', () => {
    const story = new TraceStory();
    story.at(0, 1, 'boot', { incarnation: 1 });
    const first = story.at(100, 1, 'pause');
    story.at(200, 1, 'resume');
    const second = story.at(300, 1, 'pause');
    const crash = story.at(400, 1, 'crash');
    const life = memberLives(story.trace, endNs).get(1);
    expect(life?.gaps.map((gap) => [gap.kind, gap.event, gap.startNs / ms, gap.endNs / ms])).toEqual([
      ['paused', first, 100, 200],
      ['paused', second, 300, 400],
      ['down', crash, 400, 1000],
    ]);
    expect(spanAt(life?.roles ?? [], 150 * ms)?.role).toBe(Role.follower);
    expect(spanAt(life?.roles ?? [], 500 * ms)).toBeUndefined();
  });
});

describe('a member at an event', () => {
  it('has the commit and applied index the trace last said', () => {
    const story = new TraceStory();
    story.at(0, 1, 'boot', { incarnation: 1 });
    const before = story.at(5, 1, 'role', { role: 0, term: 4, leader: 2 });
    story.at(10, 2, 'commit', { index: 99, term: 4 });
    story.at(10, 1, 'commit', { index: 7, term: 4 });
    const after = story.at(11, 1, 'apply', { index: 6, revision: 3 });
    story.at(12, 1, 'commit', { index: 8, term: 4 });
    const life = memberLives(story.trace, endNs).get(1);
    const progress = progressByLane(story.trace).get(1);
    const at = (event: number): readonly unknown[] => {
      const state = memberStateAt(story.trace, life, progress, event);
      return [state.role?.term, state.commit, state.applied, state.revision];
    };
    expect(at(before)).toEqual([4, 0, 0, 0]);
    expect(at(after)).toEqual([4, 7, 6, 3]);
  });
});

function spansOf(syncs: LaneSyncs | undefined): SyncSpan[] {
  return syncs === undefined ? [] : Array.from({ length: syncs.length }, (_, row) => syncSpan(syncs, row));
}

describe('disk work', () => {
  it('runs from the first write a sync covers to its completion', () => {
    const story = new TraceStory();
    story.at(1, 1, 'write', { file: 'wal', bytes: 8 });
    story.at(2, 1, 'write', { file: 'wal', bytes: 8 });
    const start = story.at(3, 1, 'syncStart', { file: 'wal', bytes: 16 });
    story.at(4, 1, 'write', { file: 'wal', bytes: 8 });
    const done = story.at(6, 1, 'syncDone', { file: 'wal' }, start);
    const next = story.at(7, 1, 'syncStart', { file: 'wal', bytes: 8 });
    story.at(8, 1, 'syncDone', { file: 'wal', error: 5 }, next);
    const work = diskWork(story.trace, endNs).get(1);
    const spans = spansOf(work);
    expect(
      spans.map((span) => [span.writeNs / ms, span.startNs / ms, span.doneNs / ms, span.doneEvent]),
    ).toEqual([
      [1, 3, 6, done],
      [4, 7, 8, 6],
    ]);
    expect(spans.map((span) => span.failed)).toEqual([false, true]);
    expect(work?.longestNs).toBe(5 * ms);
  });

  it('is cut off by a crash', () => {
    const story = new TraceStory();
    story.at(3, 1, 'syncStart', { file: 'wal' });
    story.at(5, 1, 'crash');
    const [span] = spansOf(diskWork(story.trace, endNs).get(1));
    expect([span?.doneNs, span?.doneEvent]).toEqual([5 * ms, -1]);
  });
});
