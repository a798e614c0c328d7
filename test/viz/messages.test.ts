import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dropReasons } from '../../sim/trace/kinds.ts';
import {
  Group,
  Outcome,
  detailFor,
  messageChip,
  messageSentence,
  messageTable,
  messagesTouching,
  trafficByLane,
  typeOf,
  visibleEndNs,
} from './page_model.ts';
import { TraceStory } from './story.ts';

const ms = 1_000_000;
const endNs = 1000 * ms;

describe('messages', () => {
  it('pairs both ends, in the order of sending, whatever the order of arrival', () => {
    const story = new TraceStory();
    const first = story.at(10, 1, 'send', { to: 2, type: 3 });
    const second = story.at(11, 1, 'send', { to: 3, type: 8 });
    const early = story.at(12, 3, 'deliver', { from: 1, type: 8 }, second);
    const late = story.at(15, 2, 'deliver', { from: 1, type: 3 }, first);
    const table = messageTable(story.trace, endNs);
    expect([...table.sendEvents]).toEqual([first, second]);
    expect([...table.endEvents]).toEqual([late, early]);
    expect([...table.to]).toEqual([2, 3]);
    expect([...table.groups]).toEqual([Group.append, Group.heartbeat]);
    expect(table.rowOfEvent[late]).toBe(0);
    expect(table.rowOfEvent[second]).toBe(1);
  });

  it('keeps lost messages with their reason and lets one lost at once be seen on its way', () => {
    const story = new TraceStory();
    story.message(0, 4, 1, 2, 3);
    const send = story.at(10, 1, 'send', { to: 2, type: 3 });
    story.at(10, 2, 'drop', { from: 1, type: 3, reason: dropReasons.indexOf('partition') }, send);
    const table = messageTable(story.trace, endNs);
    expect(table.outcomes[1]).toBe(Outcome.dropped);
    expect(table.typicalFlightNs).toBe(4 * ms);
    expect(visibleEndNs(table, 1)).toBe(12 * ms);
    expect(messagesTouching(table, 11 * ms, 11.5 * ms, 10)).toEqual([1]);
    expect(messageSentence(story.trace, table, 1, (lane) => `n${lane}`)).toBe(
      'append from n1 to n2, lost: the link was cut; term 0',
    );
  });

  it('gives a duplicate a row of its own and leaves a message in flight until the end', () => {
    const story = new TraceStory();
    const send = story.at(10, 1, 'send', { to: 2, type: 5 });
    story.at(12, 2, 'deliver', { from: 1, type: 5 }, send);
    story.at(14, 2, 'duplicate', { from: 1, type: 5 }, send);
    story.at(20, 3, 'send', { to: 1, type: 6 });
    const table = messageTable(story.trace, endNs);
    expect([...table.copies]).toEqual([0, 1, 0]);
    expect([...table.endNs]).toEqual([12 * ms, 14 * ms, endNs]);
    expect([...table.outcomes]).toEqual([Outcome.delivered, Outcome.delivered, Outcome.inFlight]);
    expect(table.to[2]).toBe(1);
  });

  it('joins requests and responses with their operation', () => {
    const story = new TraceStory();
    const invoke = story.at(1, 4, 'invoke', { operation: 7 });
    const request = story.at(1, 4, 'requestSend', { to: 1, operation: 7 }, invoke);
    const arrived = story.at(2, 1, 'requestDeliver', { from: 4, operation: 7 }, request);
    const response = story.at(3, 1, 'responseSend', { to: 4, operation: 7 }, arrived);
    story.at(4, 4, 'requestDrop', { from: 1, operation: 7, reason: 0 }, response);
    const table = messageTable(story.trace, endNs);
    expect([...table.groups]).toEqual([Group.client, Group.client]);
    expect([...table.from]).toEqual([4, 1]);
    expect(table.outcomes[1]).toBe(Outcome.dropped);
    expect(messageChip(story.trace, table, 0)).toBe('op 7');
  });

  it('finds exactly the flights that touch a stretch of time', () => {
    const flights = fc.array(fc.tuple(fc.nat(500), fc.nat(80)), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(flights, fc.nat(500), fc.integer({ min: 1, max: 100 }), (all, startMs, lengthMs) => {
        const story = new TraceStory();
        const events: { at: number; run: () => void }[] = [];
        const sends = new Map<number, number>();
        all.forEach(([sent, flight], i) => {
          events.push({ at: sent, run: () => sends.set(i, story.at(sent, 1, 'send', { to: 2, type: 3 })) });
          events.push({
            at: sent + flight + 0.5,
            run: () => story.at(sent + flight + 0.5, 2, 'deliver', { from: 1, type: 3 }, sends.get(i)),
          });
        });
        for (const event of events.toSorted((a, b) => a.at - b.at)) event.run();
        const table = messageTable(story.trace, endNs);
        const found = messagesTouching(table, startMs * ms, (startMs + lengthMs) * ms, Infinity);
        const expected: number[] = [];
        for (let row = 0; row < table.length; row++) {
          const sent = table.sentNs[row] ?? 0;
          if (sent < (startMs + lengthMs) * ms && (table.endNs[row] ?? 0) >= startMs * ms) expected.push(row);
        }
        expect(found).toEqual(expected);
      }),
    );
  });

  it('counts what each lane sent and received, by group, in time order', () => {
    const story = new TraceStory();
    story.message(1, 9, 1, 2, 3);
    story.message(10, 12, 1, 2, 3);
    story.message(13, 14, 2, 1, 9);
    const traffic = trafficByLane(messageTable(story.trace, endNs), story.trace.timesNs);
    expect([...(traffic[1]?.sent[Group.append]?.timesNs ?? [])]).toEqual([1 * ms, 10 * ms]);
    expect([...(traffic[2]?.received[Group.append]?.timesNs ?? [])]).toEqual([9 * ms, 12 * ms]);
    expect(traffic[1]?.received[Group.heartbeat]?.refs.length).toBe(1);
  });

  it('knows requests from responses and groups by purpose', () => {
    const words = (type: number): readonly unknown[] => [typeOf(type).group, typeOf(type).response];
    expect(words(5)).toEqual([Group.vote, false]);
    expect(words(6)).toEqual([Group.vote, true]);
    expect(words(7)).toEqual([Group.snapshot, false]);
    expect(words(16)).toEqual([Group.read, true]);
    expect([typeOf(17).preVote, typeOf(5).preVote]).toEqual([true, false]);
    expect(typeOf(99).name).toBe('type 99');
  });

  it('shows less of each message the more there are', () => {
    expect([0, 150, 151, 400, 401, 4000, 4001].map(detailFor)).toEqual([
      'labels',
      'labels',
      'arrows',
      'arrows',
      'traces',
      'traces',
      'density',
    ]);
  });
});
