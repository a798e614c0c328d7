import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findScenario } from '../../scenarios/catalogue.ts';
import { openRun, runScenario } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';
import { type RunFile, encodeRunFile } from '../../sim/trace/codec.ts';
import { TestBrowser, describeInBrowser } from './browser.ts';
import { PageFiles } from './page_files.ts';

const request = {
  scenario: findScenario('lease-holders') as Scenario,
  seed: '1',
  durationMs: 5000,
} as const;

describeInBrowser('looking inside the members', () => {
  let browser: TestBrowser;
  let files: PageFiles;
  let home = '';
  let file: RunFile;

  beforeAll(async () => {
    files = new PageFiles();
    home = await files.serve();
    browser = await TestBrowser.launch();
    file = runScenario(request);
    files.write('run.detcd', gzipSync(encodeRunFile(file)));
  });

  afterAll(async () => {
    await browser?.close();
    await files?.close();
  });

  it('runs the recorded run again in the page and shows keys and leases as the engine has them', async () => {
    const { trace, info } = file;
    const event = trace.timesNs.subarray(0, trace.length).findIndex((timeNs) => timeNs > 4e9);
    const { page, errors } = await browser.open(`${home}#trace=traces/run.detcd&sel=${event}`);
    await page.waitForSelector('.inspector.has-selection');
    await page.keyboard.press('i');
    await page.waitForSelector('.inside details');
    const run = openRun({ ...request, interventions: info.interventions });
    run.runUntil(trace.timesNs[event] as number);
    for (const [i, process] of run.cluster.processes.entries()) {
      await page.locator('.inside .choices button').nth(i).click();
      const { state } = process.requireMember();
      if (state === null) throw new Error('a member that reads its disk');
      await page.waitForFunction(
        `document.querySelector('.inside [role=status]')?.textContent.startsWith('n${i + 1} runs, with all events of 4.')`,
      );
      const text = (await page.locator('.inside').innerText()).replaceAll(/\s+/g, ' ');
      expect(text).toContain(`revision ${state.store.currentRevision}`);
      expect(text).toContain(`Leases (${state.lessor.list().length})`);
      for (const { id } of state.lessor.list()) expect(text).toContain(id.toString(16));
    }
    expect(errors).toEqual([]);
    await page.close();
  });

  it('says so when this build does not repeat the run, and when it does not know the scenario', async () => {
    const other = { ...file, info: { ...file.info, seed: '2' } };
    files.write('other.detcd', encodeRunFile(other));
    const unknown = { ...file, info: { ...file.info, scenario: 'long-forgotten' } };
    files.write('unknown.detcd', encodeRunFile(unknown));
    for (const [name, sentence] of [
      ['other', 'This build does not repeat the recorded run'],
      ['unknown', 'there is no scenario "long-forgotten"'],
    ] as const) {
      const { page, errors } = await browser.open(`${home}#trace=traces/${name}.detcd&sel=2000`);
      await page.waitForSelector('.inspector.has-selection');
      await page.getByRole('button', { name: /^Run it again up to here/ }).click();
      await page.waitForFunction(
        `document.querySelector('.inside [role=status]')?.textContent.includes(${JSON.stringify(sentence)})`,
      );
      expect(await page.locator('.inside details').count()).toBe(0);
      expect(errors).toEqual([]);
      await page.close();
    }
  });

  it('shows what is in flight on the network', async () => {
    const { trace } = file;
    const send = trace.kinds.subarray(0, trace.length).lastIndexOf(11, Math.floor(trace.length / 2));
    const { page, errors } = await browser.open(`${home}#trace=traces/run.detcd&sel=${send}`);
    await page.waitForSelector('.inspector.has-selection');
    expect(await page.locator('.inspector').innerText()).toMatch(/\d+ in flight on \d+ links?/);
    expect(errors).toEqual([]);
    await page.close();
  });
});
