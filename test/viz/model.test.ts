import { describe, expect, it } from 'vitest';
import { Kind } from '../../sim/trace/kinds.ts';
import { decodeRunFile, encodeRunFile } from '../../sim/trace/codec.ts';
import { eventSentence, modelOf, otherEnd } from './page_model.ts';
import { syntheticRun } from './synthetic_trace.ts';

const file = syntheticRun({ events: 20_000, seed: 3 });
const model = modelOf(file);

describe('the model of a run', () => {
  it('is of a trace that the format can carry', () => {
    const back = decodeRunFile(encodeRunFile(file));
    expect(back.trace.digestText).toBe(file.trace.digestText);
  });

  it('agrees with the counts in the head', () => {
    const { summary } = file.info;
    const crashes = [...model.lives.values()].flatMap(({ gaps }) =>
      gaps.filter(({ kind }) => kind === 'down'),
    );
    expect(crashes).toHaveLength(summary.crashes);
    expect(model.rare.get(-1)?.leader.refs.length).toBe(summary.elections);
    const operations = Array.from({ length: model.operations.length }, (_, row) => model.operations.at(row));
    expect(operations.filter(({ illegal }) => illegal !== '')).toHaveLength(1);
    const open = operations.filter(({ returnEvent }) => returnEvent < 0).length;
    const { ok, fail, unknown } = summary.operations;
    expect(operations).toHaveLength(ok + fail + unknown + open);
  });

  it('links every cause to its effects and both ends to each other', () => {
    const { trace, effects, messages } = model;
    for (let event = 0; event < trace.length; event++) {
      const cause = trace.causes[event] ?? -1;
      if (cause >= 0 && !effects.of(cause).includes(event)) throw new Error(`event ${event} is missing`);
      const kind = trace.kinds[event];
      if (kind !== Kind.deliver && kind !== Kind.syncDone && kind !== Kind.return) continue;
      const start = otherEnd(trace, messages, effects, event);
      expect(otherEnd(trace, messages, effects, start)).toBe(event);
    }
  });

  it('has a sentence for every event', () => {
    const { trace } = model;
    const kinds = new Set<number>();
    for (let event = 0; event < trace.length; event++) {
      const sentence = eventSentence(model, event);
      expect(sentence.length).toBeGreaterThan(8);
      expect(sentence).not.toMatch(/undefined|NaN|\[object/);
      kinds.add(trace.kinds[event] ?? -1);
    }
    expect(kinds.size).toBeGreaterThan(18);
  });
});
