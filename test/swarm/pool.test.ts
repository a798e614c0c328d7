import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findScenario } from '../../scenarios/catalogue.ts';
import { ThreadRunner } from '../../scenarios/cli/swarm/pool.ts';
import { runOne } from '../../scenarios/cli/swarm/run_one.ts';
import type { Scenario } from '../../sim/scenario.ts';
import { installIn, writeJavaScript } from './my_scenario.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'detcd-pool-'));
  installIn(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

const sizes = { members: 3, clients: 2, durationMs: 1000, bugs: [] } as const;
const named = (scenario: string) => ({ scenario, seed: '1', canary: false });

function settings(name: string, nemesis: string) {
  const module = writeJavaScript(folder, name, nemesis);
  return { ...sizes, files: [{ name, path: module, module }] };
}

describe('a thread', () => {
  it('is ended with a run that never ends', async () => {
    const runner = new ThreadRunner(settings('endless', 'for (;;);'), 1500);
    const answer = await runner.run(named('endless'));
    expect(answer).toMatchObject({
      kind: 'lost',
      check: 'the run did not end',
      reason: 'it took longer than 1.5 s of real time',
    });
    await runner.stop();
  });

  it('is started again after a run that killed it, and makes the same run as this one', async () => {
    const runner = new ThreadRunner(settings('killer', 'process.exit(3);'), 60_000);
    const killed = await runner.run(named('killer'));
    expect(killed).toMatchObject({ kind: 'lost', reason: 'the thread ended with code 3' });
    const calm = findScenario('calm-days') as Scenario;
    for (const seed of ['1', '2']) {
      const answer = await runner.run({ ...named('calm-days'), seed }); // oxlint-disable-line no-await-in-loop
      const here = runOne({ ...named('calm-days'), seed }, calm, sizes);
      expect(answer).toMatchObject({ kind: 'result', result: { digest: here.digest, passed: true } });
    }
    await runner.stop();
  });
});
