import { describe, expect, it } from 'vitest';
import { mixedRegisters, registers } from '../../scenarios/workloads/registers.ts';
import type { Story } from '../../sim/faults/story.ts';
import { runScenario } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import type { RunFile } from '../../sim/trace/codec.ts';
import { describeEvent } from '../../sim/trace/describe.ts';
import { Kind, type KindName, argument, crashModeNames, dropReasons } from '../../sim/trace/kinds.ts';
import { eventsOfKind } from '../../sim/trace/trace.ts';

const wait = 1500;

/** Runs three members under load with one trouble after the first election, and replays the recorded faults. */
function runWith(trouble: (story: Story) => Script): RunFile {
  const scenario: Scenario = {
    name: 'one-trouble',
    sentence: 'One trouble.',
    members: 3,
    clients: 2,
    durationMs: 5000,
    workload: registers({ ...mixedRegisters, pauseMeanMs: 20 }),
    *nemesis(story) {
      yield* story.untilLeader();
      yield* trouble(story);
    },
    sometimes: [{ goal: 'told' }],
  };
  const file = runScenario({ scenario, seed: '1' });
  expect(file.info.verdict.violations).toEqual([]);
  const again = runScenario({ scenario, seed: '1', interventions: file.info.interventions });
  expect(again.info.digest).toBe(file.info.digest);
  return file;
}

function count(file: RunFile, kind: KindName, where: (index: number) => boolean = () => true): number {
  return eventsOfKind(file.trace, kind).filter(where).length;
}

function dropsFor(file: RunFile, reason: (typeof dropReasons)[number]): number {
  const position = argument('drop', 'reason');
  return count(file, 'drop', (i) => file.trace.arg(i, position) === dropReasons.indexOf(reason));
}

describe('faults happen, are recorded, and replay', () => {
  it('cut, both ways and one way', () => {
    const file = runWith(function* (story) {
      story.isolate(1);
      yield* story.sleep(wait);
      story.heal();
      story.cutOneWay([2], [3]);
      yield* story.sleep(wait);
      story.heal();
    });
    expect(file.info.interventions.map(({ kind }) => kind)).toEqual(['cut', 'cut', 'heal', 'cut', 'heal']);
    expect(dropsFor(file, 'partition')).toBeGreaterThan(10);
    const { trace } = file;
    const from = argument('drop', 'from');
    const afterHeal = file.info.interventions[2]?.atNs ?? 0;
    const later = eventsOfKind(trace, 'drop').filter((i) => (trace.timesNs[i] ?? 0) > afterHeal);
    expect(new Set(later.map((i) => `${trace.arg(i, from)}->${trace.lanes[i]}`))).toEqual(new Set(['2->3']));
  });

  it('hold keeps messages back and mend lets all of them through', () => {
    const file = runWith(function* (story) {
      const leader = story.leader();
      const [held = 0] = story.others(leader);
      story.hold([leader], [held]);
      yield* story.sleep(500);
      story.release([leader], [held]);
    });
    const [hold, mend] = file.info.interventions;
    const leader = hold?.kind === 'hold' ? hold.from[0] : 0;
    const held = hold?.kind === 'hold' ? hold.to[0] : 0;
    const { trace } = file;
    const during = eventsOfKind(trace, 'deliver').filter((i) => {
      const at = trace.timesNs[i] ?? 0;
      const sent = trace.timesNs[trace.causes[i] ?? 0] ?? 0;
      return (
        trace.lanes[i] === held &&
        trace.arg(i, 0) === leader &&
        sent > (hold?.atNs ?? 0) &&
        at < (mend?.atNs ?? 0)
      );
    });
    expect(during).toEqual([]);
    expect(dropsFor(file, 'partition')).toBe(0);
  });

  it.each(['keep', 'drop', 'tear'] as const)('crash (%s) and restart', (mode) => {
    const file = runWith(function* (story) {
      yield* story.sleep(500);
      yield* story.bounce(story.leader(), 700, mode);
    });
    const [crash] = eventsOfKind(file.trace, 'crash');
    expect(crash).toBeDefined();
    expect(file.trace.arg(crash ?? 0, argument('crash', 'mode'))).toBe(crashModeNames.indexOf(mode));
    expect(count(file, 'boot')).toBe(4);
    expect(count(file, 'recovered')).toBe(4);
    expect(dropsFor(file, 'targetDown')).toBeGreaterThan(0);
    if (mode === 'keep') expect(file.trace.arg(crash ?? 0, argument('crash', 'droppedSectors'))).toBe(0);
  });

  it('pause freezes a member, resume lets it catch up', () => {
    const file = runWith(function* (story) {
      const leader = story.leader();
      story.pause(leader);
      yield* story.sleep(2500);
      story.resume(leader);
    });
    const [pause, resume] = file.info.interventions;
    const paused = pause?.kind === 'pause' ? pause.member : 0;
    const { trace } = file;
    const acted = eventsOfKind(trace, 'send').filter((i) => {
      const at = trace.timesNs[i] ?? 0;
      return trace.lanes[i] === paused && at > (pause?.atNs ?? 0) && at < (resume?.atNs ?? 0);
    });
    expect(acted).toEqual([]);
    expect(file.info.summary.elections).toBeGreaterThan(1);
  });

  it('links lose, double and delay', () => {
    const file = runWith(function* (story) {
      story.links({ lossPer10k: 1000, duplicatePer10k: 3000, reorderPer10k: 10_000, delayMeanMs: 5 });
      yield* story.sleep(wait);
      story.links({});
    });
    expect(dropsFor(file, 'loss')).toBeGreaterThan(10);
    expect(count(file, 'duplicate')).toBeGreaterThan(10);
  });

  it('slow disks', () => {
    const file = runWith(function* (story) {
      for (const member of story.members) story.slowDisk(member, { syncMinMs: 100, syncMeanMs: 0 });
      yield* story.sleep(wait);
    });
    const { trace } = file;
    const slow = eventsOfKind(trace, 'syncDone').filter((i) => {
      return (trace.timesNs[i] ?? 0) - (trace.timesNs[trace.causes[i] ?? 0] ?? 0) >= 100_000_000;
    });
    expect(slow.length).toBeGreaterThan(10);
  });

  it('what a story says and reaches is part of the list', () => {
    const file = runWith(function* (story) {
      story.note('a sentence');
      story.reached('told');
      story.reached('told');
      yield* story.sleep(1);
    });
    expect(file.info.interventions.map(({ kind }) => kind)).toEqual(['note', 'goal']);
    expect(file.info.sometimes).toEqual([{ goal: 'told', reached: true }]);
    expect(count(file, 'note')).toBe(1);
  });

  it('faults that make no sense are not made: crashing what is down, resuming what runs', () => {
    const file = runWith(function* (story) {
      story.crash(1, 'keep');
      story.crash(1, 'keep');
      story.resume(2);
      yield* story.sleep(300);
      story.restart(1);
      story.restart(1);
    });
    expect(file.info.interventions.map(({ kind }) => kind)).toEqual(['crash', 'restart']);
  });
});

describe('a trace', () => {
  it('says what happened in words', () => {
    const file = runWith(function* (story) {
      yield* story.bounce(1, 300, 'drop');
    });
    const lines = [Kind.boot, Kind.send, Kind.invoke, Kind.crash].map((kind) =>
      describeEvent(file, file.trace.kinds.indexOf(kind)),
    );
    expect(lines[0]).toMatch(/^0\.\d{6} s n\d boot incarnation=1$/);
    expect(lines[1]).toMatch(/^\d\.\d{6} s n\d send to=\d type=MsgPreVote term=2 /);
    expect(lines[2]).toMatch(
      /^0\.\d{6} s c\d invoke operation=1 process=\d operationKind=\w+ text=\{"kind":/,
    );
    expect(lines[3]).toMatch(
      / n1 crash keptSectors=0 droppedSectors=\d+ tornFiles=0 mode=drop text=(?:[\w/.-]+: (?:lost \d+)(?:; |$))*$/,
    );
  });

  it('links every delivery to its send and every answer to its call', () => {
    const { trace } = runWith(function* (story) {
      yield* story.sleep(1);
    });
    for (const [kind, causeKind] of [
      ['deliver', 'send'],
      ['syncDone', 'syncStart'],
      ['return', 'invoke'],
      ['requestDeliver', 'requestSend'],
      ['responseDeliver', 'responseSend'],
    ] as const) {
      const events = eventsOfKind(trace, kind);
      expect(events.length).toBeGreaterThan(0);
      for (const i of events) expect(trace.kinds[trace.causes[i] ?? -1]).toBe(Kind[causeKind]);
    }
  });
});
