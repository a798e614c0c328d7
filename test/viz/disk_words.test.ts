import { describe, expect, it } from 'vitest';
import type { InterventionAction } from '../../sim/trace/run_info.ts';
import { eventSentence, interventionWords, isRepair, modelOf } from './page_model.ts';
import { TraceStory, headOf } from './story.ts';

const long = (...actions: readonly InterventionAction[]): string => interventionWords(actions).long;

describe('disk faults', () => {
  it('are told in words', () => {
    expect([
      long(
        { kind: 'diskFaults', member: 1, faults: { syncError: true, bitRotPer10k: 50 } },
        { kind: 'diskFaults', member: 2, faults: { syncError: true, bitRotPer10k: 50 } },
      ),
      long({ kind: 'diskFaults', member: 1, faults: { fullAtBytes: 500 } }),
      long({ kind: 'diskFaults', member: 1, faults: {} }),
      long({ kind: 'diskStall', member: 3 }),
      long({ kind: 'diskRelease', member: 3 }),
      long({ kind: 'diskRot', member: 3, file: 'member/wal/0.wal', bits: [8] }),
      long({ kind: 'diskRot', member: 3, file: 'member/wal/0.wal', bits: [8, 9] }),
      long({ kind: 'diskSwap', members: [1, 3] }),
      long({ kind: 'diskWipe', member: 2 }),
      long({ kind: 'atlas', mode: 'unrestricted' }),
    ]).toEqual([
      'disk of n1 n2: fsync fails, 0.5 % bit rot per sync',
      'disk of n1: full at 500 bytes',
      'disk of n1 is good again',
      'disk of n3 stands still',
      'disk of n3 goes on',
      'a bit of member/wal/0.wal flips on n3',
      '2 bits of member/wal/0.wal flip on n3',
      'disks of n1 and n3 change places',
      'disk of n2 is replaced by an empty one',
      'any disk fault from now on',
    ]);
  });

  it('that end are repairs', () => {
    expect(isRepair({ kind: 'diskFaults', member: 1, faults: {} })).toBe(true);
    expect(isRepair({ kind: 'diskRelease', member: 1 })).toBe(true);
    expect(isRepair({ kind: 'diskFaults', member: 1, faults: { readError: true } })).toBe(false);
    expect(isRepair({ kind: 'diskStall', member: 1 })).toBe(false);
  });

  it('say where and how much, as events', () => {
    const story = new TraceStory();
    const start = story.at(1, 1, 'syncStart', { file: 'member/wal/0.wal', bytes: 900 });
    const events = [
      story.at(2, 1, 'diskFault', { text: 'sync error', file: 'member/wal/0.wal', bytes: 900 }, start),
      story.at(2, 1, 'syncDone', { file: 'member/wal/0.wal', error: 1 }, start),
      story.at(3, 1, 'diskFault', { text: 'bit rot', file: 'member/wal/0.wal', offset: 77, bytes: 1 }),
      story.at(4, 1, 'diskFault', { text: 'stall', file: '' }),
    ];
    const model = modelOf({ info: headOf(), trace: story.trace });
    expect(events.map((event) => eventSentence(model, event))).toEqual([
      'disk fault on n1: sync error in wal/0.wal, 900 bytes',
      'sync of wal/0.wal failed on n1: EIO',
      'disk fault on n1: bit rot in wal/0.wal, 1 byte at 77',
      'disk fault on n1: stall',
    ]);
  });
});
