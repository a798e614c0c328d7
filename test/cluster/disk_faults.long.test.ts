import { describe, expect, it } from 'vitest';
import type { Story } from '../../sim/faults/story.ts';
import type { Script } from '../../sim/script.ts';
import type { DiskFaultSettings } from '../../sim/trace/run_info.ts';
import { failures, faultRows, kindsOf, runDiskStory, starts } from './disk_story.ts';

/** Faults on one follower until it stops or the time is over; then they end and it is started again. */
function spell(
  draw: (story: Story, victim: number) => boolean,
  { bounce = false, spellMs = 1500 } = {},
): (story: Story) => Script {
  return function* (story) {
    const [victim = 0] = story.followers();
    expect(draw(story, victim)).toBe(true);
    if (bounce) {
      yield* story.sleep(500);
      yield* story.bounce(victim, 100, 'drop');
    }
    yield* story.until(() => !story.isUp(victim), spellMs);
    expect(story.diskFaults(victim, {})).toBe(true);
    story.restart(victim);
  };
}

const set = (faults: DiskFaultSettings) => (story: Story, victim: number) => story.diskFaults(victim, faults);

describe('switches and chances', () => {
  it.each([
    ['a sync that fails', set({ syncError: true }), 'sync error', /^n\d .*sync failed: EIO$/],
    ['a full disk', (story: Story, victim: number) => story.fillDisk(victim, 300), 'disk full', /ENOSPC$/],
    ['a write that fails', set({ writeErrorPer10k: 5000 }), 'write error', /EIO$/],
  ] as const)('%s stops the member; when it has ended, the member comes back', (_, draw, row, failure) => {
    const file = runDiskStory(spell(draw));
    const [first] = faultRows(file, row);
    expect(first?.file).toMatch(/^member\//);
    expect(first?.bytes).toBeGreaterThan(0);
    expect(failures(file)[0]).toMatch(failure);
    expect(kindsOf(file)[0]).toBe('diskFaults');
    expect(file.info.verdict.damage?.members.map(({ copy }) => copy)).toEqual(['repaired']);
  });

  it('an fsync error is followed by a power cycle: the page cache shows what the disk has not got', () => {
    const file = runDiskStory(spell(set({ syncError: true })));
    expect(kindsOf(file)).toEqual(['diskFaults', 'diskFaults', 'crash', 'restart']);
    expect(faultRows(file, 'sync error')[0]?.cause).toMatch(/ syncStart file=member\//);
  });

  it('reads that fail keep a member from starting, until they have ended', () => {
    const file = runDiskStory(spell(set({ readError: true }), { bounce: true }));
    expect(faultRows(file, 'read error')[0]?.file).toMatch(/^member\//);
    expect(failures(file)).toEqual([expect.stringMatching(/^n\d .*EIO/)]);
    expect(file.info.verdict.damage?.members[0]).toMatchObject({ faults: ['readError'], copy: 'repaired' });
  });

  it.each([
    ['lying sync', { lyingSync: true }, false],
    ['lost directory sync', { lostDirectorySync: true }, true],
    ['lost rename', { lostRename: true }, true],
    ['misdirected write', { misdirectPer10k: 3000 }, false],
    ['stale read', { staleReadPer10k: 10_000 }, false],
  ] as const)('%s: one member of four may forget', (row, faults, fromTheStart) => {
    const trouble = spell(set(faults), { bounce: true, spellMs: 500 });
    const file = runDiskStory(trouble, { members: 4, fromTheStart });
    expect(faultRows(file, row).length).toBeGreaterThan(0);
    expect(file.info.verdict.damage).toMatchObject({ mode: 'recoverable', safetyLostNs: -1 });
    expect(file.info.verdict.damage?.members.map(({ copy }) => copy)).toEqual(['forgetful']);
  });

  it('after a lie nothing is torn: half of what was never durable would be a wrong state', () => {
    const file = runDiskStory(
      function* (story) {
        const [liar = 0, other = 0] = story.followers();
        story.diskFaults(liar, { lyingSync: true });
        yield* story.sleep(500);
        for (const member of [liar, other]) yield* story.bounce(member, 100, 'tear');
      },
      { members: 4 },
    );
    const modes = file.info.interventions.flatMap((each) => (each.kind === 'crash' ? [each.mode] : []));
    expect(modes).toEqual(['drop', 'tear']);
  });

  it('bit rot by chance falls into the log, and a log that rots is found out', () => {
    const file = runDiskStory(spell(set({ bitRotPer10k: 2000 }), { bounce: true }));
    const rows = faultRows(file, 'bit rot');
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every((row) => row.file.startsWith('member/wal/') && row.bytes === 1)).toBe(true);
    expect(failures(file)[0]).toMatch(/^n\d wal: /);
    const agreement = file.info.verdict.checks.find(({ name }) => name === 'members agree in the end');
    expect(agreement).toMatchObject({ status: 'passed', detail: expect.stringMatching(/^without n\d: /) });
  });

  it('few bytes per second only slow a member down', () => {
    const file = runDiskStory(spell(set({ bytesPerSecond: 5000 })));
    expect(failures(file)).toEqual([]);
    expect(file.info.verdict.damage).toBeUndefined();
  });
});

describe('a stall', () => {
  it('holds a member back, and its start', () => {
    let victim = 0;
    const file = runDiskStory(function* (story) {
      [victim = 0] = story.followers();
      expect(story.stallDisk(victim)).toBe(true);
      expect(story.stallDisk(victim)).toBe(false);
      yield* story.bounce(victim, 100);
      yield* story.sleep(800);
      expect(story.isUp(victim)).toBe(true);
      expect(story.releaseDisk(victim)).toBe(true);
      expect(story.releaseDisk(victim)).toBe(false);
    });
    expect(kindsOf(file)).toEqual(['diskStall', 'crash', 'restart', 'diskRelease']);
    expect(faultRows(file).map(({ text }) => text)).toEqual(['stall', 'start waits', 'stall ended']);
    expect(starts(file, victim).slice(1)).toEqual([file.info.interventions.at(-1)?.atNs]);
    expect(faultRows(file, 'stall')[0]?.cause).toContain('"kind":"diskStall"');
  });
});

describe('bits that flip', () => {
  it('are recorded with their places, and found at the next start', () => {
    const file = runDiskStory(function* (story) {
      const [victim = 0] = story.followers();
      expect(story.rotDisk(victim, { bits: 2 })).toBe(true);
      yield* story.bounce(victim, 200);
    });
    const [rot] = file.info.interventions;
    expect(rot).toMatchObject({ kind: 'diskRot', file: expect.stringMatching(/^member\/wal\/.*\.wal$/) });
    const bits = rot?.kind === 'diskRot' ? rot.bits : [];
    expect(bits).toHaveLength(2);
    expect(faultRows(file, 'bit rot').map(({ offset }) => offset)).toEqual(
      bits.map((bit) => Math.floor(bit / 8)),
    );
    // Once in the story, once more when the end of the run starts it again.
    const refusal = expect.stringMatching(/^n\d wal: \w+ in member\/wal\/.* at byte \d+: /);
    expect(failures(file)).toEqual([refusal, refusal]);
  });

  it('are not where there is nothing', () => {
    const file = runDiskStory(function* (story) {
      expect(story.rotDisk(1, { file: 'member/nothing' })).toBe(false);
      expect(story.rotDisk(1, { under: 'elsewhere' })).toBe(false);
      yield* story.sleep(1);
    });
    expect(file.info.interventions).toEqual([]);
  });
});

describe('disks in the wrong machines', () => {
  it('are refused, and can be swapped back', () => {
    let swapped: readonly number[] = [];
    const file = runDiskStory(
      function* (story) {
        const [one = 0, two = 0] = story.followers();
        swapped = [one, two];
        expect(story.swapDisks(one, two)).toBe(false);
        for (const member of swapped) story.crash(member, 'drop');
        expect(story.swapDisks(one, one)).toBe(false);
        expect(story.swapDisks(one, two)).toBe(true);
        for (const member of swapped) story.restart(member);
        yield* story.sleep(300);
        expect(swapped.map((member) => story.isUp(member))).toEqual([false, false]);
        story.swapDisks(one, two);
        for (const member of swapped) story.restart(member);
      },
      { members: 5 },
    );
    expect(kindsOf(file).filter((kind) => kind === 'diskSwap')).toHaveLength(2);
    expect(faultRows(file, 'swapped')).toHaveLength(4);
    expect(failures(file)).toEqual(
      swapped.map(() =>
        expect.stringMatching(/expected member \d of cluster .*, found member \d of cluster/),
      ),
    );
    expect(file.info.verdict.damage?.members.map(({ copy }) => copy)).toEqual(['repaired', 'repaired']);
  });

  it('an empty one keeps its member down: it must not come back without what it had acknowledged', () => {
    const file = runDiskStory(function* (story) {
      const [victim = 0] = story.followers();
      expect(story.wipeDisk(victim)).toBe(false);
      story.crash(victim, 'drop');
      expect(story.wipeDisk(victim)).toBe(true);
      expect(story.restart(victim)).toBe(false);
      yield* story.sleep(500);
    });
    expect(kindsOf(file)).toEqual(['crash', 'diskWipe']);
    expect(faultRows(file, 'wiped')[0]?.bytes).toBeGreaterThan(100);
    const agreement = file.info.verdict.checks.find(({ name }) => name === 'members agree in the end');
    expect(agreement?.detail).toMatch(/^without n\d: disk damaged for good$/);
  });
});
