import { describe, expect, it } from 'vitest';
import { Branches, without } from '../../viz/fork/branches.ts';

describe('branches', () => {
  it('are a tree of named runs, of which one is shown', () => {
    const branches = new Branches('the run', 'a');
    branches.add('crash n1', 5, 'b');
    branches.add('crash n2', 7, 'c');
    branches.show(0);
    const last = branches.add('crash n1', 9, 'd');
    expect(branches.shown).toBe(last);
    expect(last).toMatchObject({ name: 'crash n1 (2)', parent: 0, atNs: 9, run: 'd' });
    expect(branches.inTree.map((each) => `${branches.depthOf(each)} ${each.name}`)).toEqual([
      '0 the run',
      '1 crash n1',
      '2 crash n2',
      '1 crash n1 (2)',
    ]);
    expect(branches.parentOf(last)?.run).toBe('a');
    expect(branches.parentOf(branches.show(0))).toBe(null);
    expect(branches.add('  ', 1, 'e', 2)).toMatchObject({ name: 'fork', parent: 2 });
    expect(() => branches.show(9)).toThrow(RangeError);
  });

  it('without one intervention leave where it was', () => {
    const list = [
      { atNs: 3, kind: 'heal' },
      { atNs: 8, kind: 'pause', member: 1 },
    ] as const;
    expect(without(list, 1)).toEqual({ interventions: [list[0]], atNs: 8 });
    expect(() => without(list, 2)).toThrow(RangeError);
  });
});
