import { describe, expect, it } from 'vitest';
import { Kind } from '../../sim/trace/kinds.ts';
import { inFlightAt } from '../../viz/model/in_flight.ts';
import { operationPath } from '../../viz/model/operation_path.ts';
import type { Operation } from '../../viz/model/operations.ts';
import { runningModel } from './running_model.ts';

const model = runningModel('calm-days', 2500);
const { trace } = model;

const all = Array.from({ length: model.operations.length }, (_, row) => model.operations.at(row));
const done = all.filter(({ status, returnEvent }) => status === 0 && returnEvent >= 0);

function stepsOf(operation: Operation): Map<string, number[]> {
  const steps = new Map<string, number[]>();
  for (const { event, step } of operationPath(model, operation).events)
    steps.set(step, [...(steps.get(step) ?? []), event]);
  return steps;
}

describe('the way of an operation through the cluster', () => {
  it('of a write has its entry on a majority’s disks before its answer, and its application', () => {
    const writes = done.filter(({ words }) => words.startsWith('put '));
    expect(writes.length).toBeGreaterThan(20);
    const majority = Math.floor(model.members.length / 2) + 1;
    const lanesOf = (events: readonly number[]): number =>
      new Set(events.map((event) => trace.lanes[event])).size;
    let whole = 0;
    for (const write of writes) {
      const steps = stepsOf(write);
      const answer = steps.get('answer')?.at(-1) ?? -1;
      expect(answer).toBeGreaterThan(write.invokeEvent);
      // What one step does is written down in no order of its own.
      const until = (step: string): number[] =>
        (steps.get(step) ?? []).filter(
          (event) => (trace.timesNs[event] as number) <= (trace.timesNs[answer] as number),
        );
      expect(until('append').length).toBeGreaterThan(0);
      expect(until('apply').some((event) => trace.lanes[event] === trace.lanes[answer])).toBe(true);
      if (lanesOf(until('append')) >= majority && lanesOf(until('fsync')) >= majority) whole++;
    }
    // An entry that shares its append with one before has the rest of its way under that one's name.
    expect(whole).toBeGreaterThan(writes.length * 0.7);
  });

  it('of a linearizable read has a ReadIndex round and nothing appended', () => {
    const reads = done.filter(({ words }) => words.startsWith('get '));
    const passedOn = reads.filter((read) => (stepsOf(read).get('read index') ?? []).length > 0);
    expect(passedOn.length).toBeGreaterThan(0);
    for (const read of passedOn.slice(0, 40)) expect(stepsOf(read).get('append')).toBeUndefined();
  });

  it('holds only messages that were under way after it was called', () => {
    for (const operation of done.slice(0, 60)) {
      const { messages } = operationPath(model, operation);
      expect(messages.length).toBeGreaterThan(1);
      for (const row of messages.filter((each) => (model.messages.endEvents[each] as number) >= 0))
        expect(model.messages.endEvents[row]).toBeGreaterThan(operation.invokeEvent);
    }
  });
});

describe('the network at a moment', () => {
  it('has in flight what was sent and has not come to an end, event by event', () => {
    const open = new Set<number>();
    let seen = 0;
    for (let event = 0; event < Math.min(trace.length, 3000); event++) {
      const kind = trace.kinds[event] as number;
      const cause = trace.causes[event] as number;
      if (kind === Kind.send || kind === Kind.requestSend || kind === Kind.responseSend) open.add(event);
      else if (kind !== Kind.duplicate) open.delete(cause);
      if (event % 7 !== 0) continue;
      const sends = inFlightAt(model, event).flatMap(({ rows }) =>
        rows.map((row) => model.messages.sendEvents[row]),
      );
      expect(new Set(sends)).toEqual(open);
      seen += open.size;
    }
    expect(seen).toBeGreaterThan(100);
  });
});
