import { describe, expect, it } from 'vitest';
import { nextNs, pauseAfter } from '../../viz/live/pace.ts';
import { liveNews } from '../../viz/live/live_news.ts';
import { LiveSession } from '../../viz/worker/live_session.ts';
import { GrowingTrace } from '../../viz/live/growing_trace.ts';
import type { LiveState } from '../../viz/worker_protocol.ts';
import { type RunModel, columnsOf, modelOfColumns } from './page_model.ts';
import { Session } from '../../viz/timeline/session.ts';

const ms = 1_000_000;

describe('a live run that goes on', () => {
  const trace = new GrowingTrace();
  const model = ({ slice, info }: LiveState): RunModel => {
    trace.append(slice);
    return modelOfColumns(columnsOf(info, trace.columns()));
  };
  const spec = { scenario: 'calm-days', seed: '1', options: { members: 3, clients: 1 }, interventions: [] };
  const live = new LiveSession(spec, null);
  const start = model(live.advance(100 * ms));
  const elected = model(live.advance(1500 * ms));
  const crashed = model(live.act([1, 2, 3].map((member) => ({ kind: 'crash', member, mode: 'keep' }))));

  it('says who leads, and that nobody does', () => {
    expect(liveNews(start, elected)).toMatch(/^n\d leads in term 2$/);
    expect(liveNews(elected, elected)).toBe('');
    expect(liveNews(elected, crashed)).toBe('Nobody leads');
    const broken = { ...crashed.info.verdict, violations: [violation] };
    const after = { ...crashed, info: { ...crashed.info, verdict: broken } };
    expect(liveNews(elected, after)).toBe('one leader per term broke: two led');
  });

  it('moves the window with its end, and leaves it alone where one looks at the past', () => {
    const session = new Session(start);
    session.grow(elected);
    expect(session.window).toEqual({ startNs: 0, endNs: 1500 * ms });
    session.show({ startNs: 1000 * ms, endNs: 1500 * ms });
    const later = { ...elected, durationNs: 9000 * ms };
    session.grow(later);
    expect(session.window).toEqual({ startNs: 8500 * ms, endNs: 9000 * ms });
    session.show({ startNs: 2000 * ms, endNs: 3000 * ms });
    session.grow({ ...elected, durationNs: 9500 * ms });
    expect(session.window).toEqual({ startNs: 2000 * ms, endNs: 3000 * ms });
  });
});

describe('the pace', () => {
  it('is virtual time by the time that passed, but a long sleep is not made up for', () => {
    expect(nextNs(5, 16, 0.5)).toBe(5 + 8 * ms);
    expect(nextNs(5, 3_600_000, 1)).toBe(5 + 200 * ms);
    expect(nextNs(5, 0, 0.01)).toBe(6);
  });

  it('leaves most of the time to the person when drawing is slow', () => {
    expect(pauseAfter(2)).toBe(40);
    expect(pauseAfter(90)).toBeCloseTo(210);
  });
});

const violation = {
  check: 'one leader per term',
  atNs: 1,
  sentence: 'two led',
  lines: [],
  operations: [],
  events: [],
};
