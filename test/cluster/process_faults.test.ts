import { describe, expect, it } from 'vitest';
import { failpointSites } from '../../core/server/failpoints.ts';
import { mixedRegisters, registers } from '../../scenarios/workloads/registers.ts';
import { crashWords } from '../../sim/disk/pending_sync.ts';
import type { Intervention } from '../../sim/trace/run_info.ts';
import { argument } from '../../sim/trace/kinds.ts';
import { kindsOf, passed, rows, timeOf, troubled } from './one_trouble.ts';

const busy = { clients: 4, workload: registers({ ...mixedRegisters, pauseMeanMs: 4 }) };

describe('a graceful stop', () => {
  it('ends the process with everything on its disk, and says so', () => {
    let leader = 0;
    const file = passed(
      troubled(function* (story) {
        leader = story.leader();
        yield* story.restartGracefully(leader, 300);
        yield* story.untilCaughtUp(leader);
      }),
    );
    expect(kindsOf(file)).toEqual(['stop', 'restart']);
    const [ended = -1, ...more] = rows(file, 'stopped');
    expect(more).toEqual([]);
    expect(file.trace.lanes[ended]).toBe(leader);
    expect(file.trace.timesNs[ended]).toBeGreaterThanOrEqual(timeOf(file, 0));
    expect(rows(file, 'crash')).toEqual([]);
    expect(rows(file, 'boot')).toHaveLength(4);
  });

  it('that is under way at the end of a run is waited for, and the member starts again', () => {
    const file = passed(
      troubled(function* (story) {
        const [member = 1] = story.others(story.leader());
        story.stallDisk(member);
        yield* story.sleep(200);
        story.stop(member);
      }),
    );
    expect(kindsOf(file)).toEqual(['diskStall', 'stop']);
    expect(rows(file, 'stopped')).toHaveLength(1);
    expect(rows(file, 'boot')).toHaveLength(4);
  });

  it('waits for a disk that stands still, and is not asked of who is down', () => {
    const file = passed(
      troubled(function* (story) {
        const [member = 1] = story.others(story.leader());
        story.stallDisk(member);
        yield* story.sleep(200);
        story.stop(member);
        yield* story.sleep(500);
        story.note(story.isUp(member) ? 'still up' : 'down');
        story.releaseDisk(member);
        yield* story.untilDown(member, 1000);
        story.stop(member);
        story.restart(member);
      }),
    );
    expect(kindsOf(file)).toEqual(['diskStall', 'stop', 'note', 'diskRelease', 'restart']);
    expect(file.info.interventions[2]).toMatchObject({ text: 'still up' });
  });
});

describe('a power loss', () => {
  it('tells of every file what it kept and lost', () => {
    const file = passed(
      troubled(function* (story) {
        for (const member of story.members) story.slowDisk(member, { syncMinMs: 300, syncMeanMs: 0 });
        yield* story.sleep(500);
        story.crash(1, 'keep');
        story.crash(2, 'drop');
        story.crash(3, 'tear');
        yield* story.sleep(100);
        for (const member of story.members) story.restart(member);
      }, busy),
    );
    const place = (name: string): number => argument('crash', name);
    const told = rows(file, 'crash').map((row) => ({
      text: file.trace.text(row, place('text')),
      kept: file.trace.arg(row, place('keptSectors')),
      lost: file.trace.arg(row, place('droppedSectors')),
    }));
    expect(told.some(({ kept }) => kept > 0)).toBe(true);
    expect(told.some(({ lost }) => lost > 0)).toBe(true);
    for (const { text, kept, lost } of told) {
      const sum = (word: string): number =>
        [...text.matchAll(new RegExp(`member/[^:]*: [^;]*${word} (\\d+)`, 'g'))].reduce(
          (total, [, count]) => total + Number(count),
          0,
        );
      expect([sum('kept'), sum('lost')]).toEqual([kept, lost]);
    }
  });

  it('has words for files and names', () => {
    const files = [
      { path: 'a', keptSectors: 2, droppedSectors: 1 },
      { path: 'b', keptSectors: 0, droppedSectors: 4 },
    ];
    const outcome = { mode: 'tear', keptSectors: 2, droppedSectors: 5, tornFiles: 1 } as const;
    expect(crashWords({ ...outcome, files, keptNames: 0, droppedNames: 1 })).toBe(
      'a: kept 2, lost 1; b: lost 4; names: lost 1',
    );
    expect(crashWords({ ...outcome, files: [], keptNames: 0, droppedNames: 0 })).toBe('');
  });
});

describe('failpoints armed at random', () => {
  it('are a quarter of all, fire after passes of one chance in four, end members, and can be disarmed', () => {
    const drawn: Intervention[] = [];
    const file = passed(
      troubled(function* (story) {
        for (let i = 0; i < 12; i++) {
          story.armFailpoints([1]);
          story.disarmFailpoints([1]);
        }
        story.armFailpoints([2]);
        yield* story.untilDown(2, 2000);
        story.disarmFailpoints();
        story.restart(2);
      }),
    );
    for (const each of file.info.interventions) if (each.kind === 'failpoint') drawn.push(each);
    const share = drawn.length / (13 * failpointSites.length);
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.35);
    const skips = drawn.flatMap((each) => (each.kind === 'failpoint' ? [each.skip] : []));
    expect(skips.reduce((sum, skip) => sum + skip, 0) / skips.length).toBeCloseTo(3, -0.5);
    expect(rows(file, 'crash').length).toBeGreaterThan(0);
    expect(rows(file, 'crash').every((row) => file.trace.lanes[row] === 2)).toBe(true);
  });
});
