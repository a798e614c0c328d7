import { expect, it } from 'vitest';
import { commands } from '../../viz/input/commands.ts';

it('no key belongs to two commands', () => {
  const keys = commands.flatMap((command) => command.keys);
  expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
});
