import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { catalogue } from '../../scenarios/catalogue.ts';
import { runScenario } from '../../sim/run.ts';
import { isThorough } from '../runs.ts';

/**
 * Pinned digests. A change that moves them must mean to: rewrite the file with DETCD_UPDATE=1 and say why in the commit. They also
 * hold other machines and engine versions to the same bytes.
 */
const file = new URL('testdata/digests.json', import.meta.url);
const updates = process.env['DETCD_UPDATE'] === '1';
const isWhole = isThorough || updates;
/** `npm test` looks at the first, of every fourth story. */
const seeds = isWhole ? ['1', '2', '3'] : ['1'];
const stories = catalogue.filter((_, position) => isWhole || position % 4 === 0);
const short = { members: 3, clients: 3, durationMs: 6000 } as const;

it('the digests of the corpus are those that were pinned', () => {
  const found = Object.fromEntries(
    stories.map((scenario) => [
      scenario.name,
      seeds.map((seed) => runScenario({ scenario, seed, ...short }).info.digest),
    ]),
  );
  if (updates) writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
  expect(existsSync(file)).toBe(true);
  const pinned = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string[]>;
  expect(Object.keys(pinned)).toEqual(catalogue.map(({ name }) => name));
  const first = stories.map(({ name }) => [name, pinned[name]?.slice(0, seeds.length)]);
  expect(found).toEqual(Object.fromEntries(first));
});
