import { watchChannelSlots } from '../../core/limits.ts';
import { emptyGauges } from '../../core/server/gauges.ts';
import { describe, expect, it } from 'vitest';
import { openRun } from '../../sim/run.ts';
import { watchReaders } from '../../scenarios/workloads/watch_readers.ts';
import { mixedRegisters, registers } from '../../scenarios/workloads/registers.ts';
import { bytes } from '../../core/client/index.ts';
import type { Workload } from '../../sim/scenario.ts';
import { argument } from '../../sim/trace/kinds.ts';
import { messageTypeNames } from '../../sim/trace/message_types.ts';
import { dropsFor, kindsOf, passed, rows, timeOf, troubled } from './one_trouble.ts';

const typeOf = (name: (typeof messageTypeNames)[number]): number => messageTypeNames.indexOf(name);
const sentType = argument('send', 'type');
const sentTo = argument('send', 'to');

describe('links for some message types', () => {
  it('cut only these: the others still arrive', () => {
    const file = passed(
      troubled(function* (story) {
        const leader = story.leader();
        story.cutOneWay(story.others(leader), [leader], ['MsgHeartbeatResp']);
        yield* story.sleep(700);
        story.heal();
      }),
    );
    expect(kindsOf(file)).toEqual(['cut', 'heal']);
    const types = new Set(
      dropsFor(file, 'partition').map((row) => file.trace.arg(row, argument('drop', 'type'))),
    );
    expect(types).toEqual(new Set([typeOf('MsgHeartbeatResp')]));
    const during = rows(file, 'deliver', (row) => {
      const at = file.trace.timesNs[row] ?? 0;
      return at > timeOf(file, 0) && at < timeOf(file, 1) && file.trace.arg(row, 1) === typeOf('MsgAppResp');
    });
    expect(during.length).toBeGreaterThan(5);
  });

  it('hold only these, and give them out as told: the last first, some, none', () => {
    let asked: number[] = [];
    const file = passed(
      troubled(function* (story) {
        const leader = story.leader();
        const [to = 0] = story.others(leader);
        asked = [leader, to];
        story.hold([leader], [to], ['MsgApp', 'MsgHeartbeat']);
        yield* story.sleep(450);
        story.letThrough([leader], [to], { only: ['MsgHeartbeat'], how: 'reversed' });
        yield* story.sleep(50);
        story.letThrough([leader], [to], { only: ['MsgApp'], how: 'lost', first: 1 });
        yield* story.sleep(50);
        story.release([leader], [to]);
      }),
    );
    expect(kindsOf(file)).toEqual(['hold', 'letThrough', 'letThrough', 'mend']);
    const [from, to] = asked;
    const arrived = rows(file, 'deliver', (row) => {
      const sent = file.trace.causes[row] ?? 0;
      const at = file.trace.timesNs[sent] ?? 0;
      return (
        file.trace.lanes[row] === to &&
        file.trace.arg(row, 0) === from &&
        at > timeOf(file, 0) &&
        at < timeOf(file, 1)
      );
    });
    const sentOf = (name: (typeof messageTypeNames)[number]): number[] =>
      arrived
        .map((row) => file.trace.causes[row] as number)
        .filter((sent) => file.trace.arg(sent, sentType) === typeOf(name));
    const heartbeats = sentOf('MsgHeartbeat');
    expect(heartbeats.length).toBeGreaterThan(2);
    expect(heartbeats).toEqual(heartbeats.toSorted((a, b) => b - a));
    const lost = dropsFor(file, 'loss');
    expect(lost).toHaveLength(1);
    const first = rows(file, 'send', (row) => {
      const at = file.trace.timesNs[row] ?? 0;
      const isMsgApp =
        file.trace.arg(row, sentType) === typeOf('MsgApp') && file.trace.arg(row, sentTo) === to;
      return at > timeOf(file, 0) && isMsgApp && file.trace.lanes[row] === from;
    });
    expect(file.trace.causes[lost[0] ?? 0]).toBe(first[0]);
  });

  it('deliver once more what they delivered last', () => {
    const file = passed(
      troubled(function* (story) {
        const leader = story.leader();
        yield* story.sleep(600);
        story.repeat(story.others(leader), [leader], 'MsgHeartbeatResp', 3);
        yield* story.sleep(300);
      }),
    );
    expect(kindsOf(file)).toEqual(['repeat']);
    const again = rows(file, 'duplicate');
    expect(again).toHaveLength(6);
    for (const row of again) {
      const sent = file.trace.causes[row] as number;
      expect(file.trace.arg(sent, sentType)).toBe(typeOf('MsgHeartbeatResp'));
      expect(file.trace.timesNs[row]).toBe(timeOf(file, 0));
      expect(rows(file, 'deliver', (each) => file.trace.causes[each] === sent)).toHaveLength(1);
    }
  });
});

describe('a slow client', () => {
  const reads = watchReaders({ key: bytes('\0'), range_end: bytes('\0'), watches: 1, watchMeanMs: 60_000 });
  const writes = registers({ ...mixedRegisters, pauseMeanMs: 1 });
  const workload: Workload = (client) => (client.number === 1 ? reads(client) : writes(client));
  const slowFirst = { workload, durationMs: 2600, clients: 3 };

  it('reads nothing of its watches until it reads again, and then misses nothing', () => {
    const file = passed(
      troubled(function* (story) {
        yield* story.sleep(200);
        story.slowClient(1, true);
        yield* story.sleep(700);
        story.slowClient(1, false);
      }, slowFirst),
    );
    expect(kindsOf(file)).toEqual(['slowClient', 'slowClient']);
    const heard = rows(file, 'watched').map((row) => file.trace.timesNs[row] ?? 0);
    const [from, to] = [timeOf(file, 0), timeOf(file, 1)];
    expect(heard.some((at) => at < from)).toBe(true);
    expect(heard.some((at) => at > from && at < to)).toBe(false);
    expect(heard.some((at) => at >= to)).toBe(true);
  });

  it('fills the channel of its member', () => {
    const scenario = troubled(function* (story) {
      yield* story.sleep(100);
      story.slowClient(1, true);
    }, slowFirst);
    const run = openRun({ scenario, seed: '1' });
    run.runUntil(2_500_000_000);
    const waiting = run.cluster.processes.map(({ member }) => {
      const gauges = emptyGauges();
      member?.measure(gauges);
      return gauges.watchAnswers;
    });
    expect(Math.max(...waiting)).toBe(watchChannelSlots);
  });
});

describe('versions', () => {
  it('change at the next start, for one member, and are replayed', () => {
    const bug = 'local-reads';
    const scenario = troubled(
      function* (story) {
        yield* story.sleep(50);
        story.version(2, [bug]);
        story.version(2, [bug]);
        yield* story.sleep(100);
        yield* story.bounce(2, 100);
        yield* story.sleep(300);
        story.version(2, []);
      },
      { clients: 1 },
    );
    const run = openRun({ scenario, seed: '1' });
    const [, second] = run.cluster.processes;
    const has = (): boolean => second?.startedWith.has(bug) === true;
    const seen: boolean[] = [];
    for (let ms = 0; ms < 4000; ms += 50) {
      run.runUntil(ms * 1_000_000);
      if (seen.at(-1) !== has()) seen.push(has());
    }
    expect(seen).toEqual([false, true]);
    expect(kindsOf(run.close())).toEqual(['switchBug', 'crash', 'restart', 'switchBug']);
  });
});
