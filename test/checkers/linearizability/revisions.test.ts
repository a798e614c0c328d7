import { describe, expect, it } from 'vitest';
import { checkLinearizability } from '../../../sim/checkers/linearizability/index.ts';
import type { HistoryWriter } from './builders.ts';
import { writeHistory } from './builders.ts';

/** Sentences of the revision check; the linearizability check must have nothing to say. */
function sentencesOf({ history }: HistoryWriter): string[] {
  const { checks, violations } = checkLinearizability(history, { stepsMax: 100_000 });
  expect(checks[0]?.status).toBe('passed');
  expect(checks[1]?.status).toBe(violations.length > 0 ? 'violated' : 'passed');
  return violations.map(({ sentence }) => sentence);
}

describe('revisions', () => {
  it('that say nothing are not looked at', () => {
    const { checks } = checkLinearizability(writeHistory().put(1, 'x', 'a', 0, 1).history, { stepsMax: 100 });
    expect(checks[1]).toMatchObject({ name: 'revisions', status: 'passed', detail: '0 revisions seen' });
  });

  it('in order pass: reads share them, failed compares and empty deletes do not take one', () => {
    const write = writeHistory()
      .put(1, 'x', 'a', 0, 10, { revision: 2 })
      .get(2, 'x', 'a', 20, 30, { revision: 2, modRevision: 2 })
      .swap(2, 'x', 'b', 'c', false, 40, 50, { revision: 2 })
      .delete(2, 'y', 0, 60, 70, { revision: 2 })
      .swap(2, 'x', 'a', 'c', true, 80, 90, { revision: 3 })
      .delete(2, 'x', 1, 100, 110, { revision: 4 })
      .get(2, 'x', null, 120, 130, { revision: 4, modRevision: 0 });
    expect(sentencesOf(write)).toEqual([]);
  });

  it('may come in any order for concurrent operations', () => {
    const write = writeHistory()
      .put(1, 'x', 'a', 0, 100, { revision: 5 })
      .get(2, 'y', null, 50, 120, { revision: 4 })
      .put(3, 'z', 'b', 60, 130, { revision: 3 });
    expect(sentencesOf(write)).toEqual([]);
  });

  it('belong to one write', () => {
    const write = writeHistory()
      .put(1, 'x', 'a', 0, 100, { revision: 5 })
      .delete(2, 'y', 0, 0, 100, { revision: 5 });
    expect(sentencesOf(write)).toEqual([]);
    write.put(3, 'z', 'b', 0, 100, { revision: 5 });
    expect(sentencesOf(write)[0]).toContain('both got revision 5');
  });

  it('never go back in real time, not even across keys', () => {
    const put = (): HistoryWriter => writeHistory().put(1, 'x', 'a', 0, 10, { revision: 5 });
    expect(sentencesOf(put().get(2, 'y', null, 20, 30, { revision: 5 }))).toEqual([]);
    expect(sentencesOf(put().get(2, 'y', null, 20, 30, { revision: 4 }))[0]).toContain(
      'was answered at revision 4',
    );
    expect(sentencesOf(put().put(2, 'y', 'b', 20, 30, { revision: 4 }))[0]).toContain(
      'was answered at revision 4',
    );
  });

  it('grow with a write after a read', () => {
    const write = writeHistory()
      .get(1, 'x', null, 0, 10, { revision: 5 })
      .put(1, 'x', 'a', 20, 30, { revision: 5 });
    expect(sentencesOf(write)[0]).toContain('after get(x) = absent by client 1 had returned revision 5');
  });

  it('of a read name the write that it saw', () => {
    const read = (modRevision: number): HistoryWriter =>
      writeHistory()
        .put(1, 'y', 'b', 0, 10, { revision: 4 })
        .put(1, 'x', 'a', 20, 30, { revision: 6 })
        .get(2, 'x', 'a', 40, 50, { revision: 6, modRevision });
    expect(sentencesOf(read(6))).toEqual([]);
    expect(sentencesOf(read(4))[0]).toContain('but that is the revision of put(y, "b")');
    expect(sentencesOf(read(5))[0]).toContain('the only one to write it, got revision 6');
    expect(sentencesOf(read(7))[0]).toContain('but the store was at revision 6');
  });

  it('of a read of an unknown write are taken as they are, but must agree', () => {
    const reads = (second: number, version: number): HistoryWriter =>
      writeHistory()
        .unknownPut(1, 'x', 'a', 0)
        .unknownPut(2, 'x', 'b', 0)
        .get(3, 'x', 'a', 10, 20, { revision: 5, modRevision: 3, version: 1 })
        .get(3, 'x', 'b', 30, 40, { revision: 5, modRevision: second, version });
    expect(sentencesOf(reads(5, 2))).toEqual([]);
    expect(sentencesOf(reads(3, 1))[0]).toContain("both name revision 3, but don't show the same pair");
  });

  it('give three violations at most', () => {
    const write = writeHistory();
    for (let i = 0; i < 9; i++) write.put(i, 'x', `v${i}`, i * 10, i * 10 + 5, { revision: 9 - i });
    expect(sentencesOf(write)).toHaveLength(3);
  });
});
