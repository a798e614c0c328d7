import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { binaryOf, differences, digestsWith, engines, pinnedDigests } from '../../tools/engines.mjs';
import { hasOracle } from '../oracle.ts';

const compiled = new URL('../../dist/scenarios/catalogue.js', import.meta.url);

describe.each(engines)('$name', (engine) => {
  const binary = binaryOf(engine);
  const present = hasOracle(
    `${engine.name} (npm package ${engine.package})`,
    binary !== null,
    'it is installed into a temporary folder if npm reaches a registry that has it',
  );

  it.runIf(present)('computes the pinned digests of every scenario', { timeout: 300_000 }, () => {
    expect(binary, `${engine.package} could not be installed`).not.toBeNull();
    expect(existsSync(compiled), 'npm run build compiles what engines run').toBe(true);
    if (binary !== null) expect(differences(digestsWith(binary), pinnedDigests())).toEqual([]);
  });
});

it('a digest that differs is told with its scenario', () => {
  const pinned = pinnedDigests();
  const [name = '', digests = []] = Object.entries(pinned)[0] ?? [];
  const moved = { ...pinned, [name]: ['0', ...digests.slice(1)] };
  expect(differences(moved, pinned)).toEqual([{ scenario: name, found: moved[name], pinned: digests }]);
  expect(differences(pinned, pinned)).toEqual([]);
});
