import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasEtcd } from '../etcd_process.ts';
import { sequences } from '../serve/sequences.ts';
import { Side, inAnyOrder } from './sides.ts';
import { moreSequences } from './steps.ts';

describe.runIf(hasEtcd)('detcd ctl and etcdctl, of detcd and of etcd, tell the same', () => {
  let sides: readonly Side[] = [];

  beforeAll(async () => {
    sides = await Side.startAll();
  });

  afterAll(async () => {
    for (const side of sides) await side.end();
  });

  for (const [name, steps] of Object.entries({ ...moreSequences, ...sequences })) {
    it(name, async () => {
      // Members stand in the order of their ids, which are each server's own.
      const ordered = (text: string): string => (name === 'members' ? inAnyOrder(text) : text);
      const differences: unknown[] = [];
      for (const step of steps) {
        // Each program says its own version.
        if (step.args[0] === 'version') continue;
        const words = step.args.join(' ');
        const [expected, ...found] = await Promise.all(
          sides.map(async (side) => ({ side: side.name, told: ordered(await side.take(step)) })),
        );
        for (const { side, told } of found)
          if (told !== expected?.told) differences.push({ side, words, told, expected: expected?.told });
      }
      expect(differences).toEqual([]);
    });
  }
});
