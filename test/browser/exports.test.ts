import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodeRunFile } from '../../sim/trace/codec.ts';
import { JsonLinesReader } from '../../sim/trace/json_lines_reader.ts';
import { TestBrowser, describeInBrowser, drawn } from './browser.ts';
import { PageFiles } from './page_files.ts';

describeInBrowser('saving', () => {
  let browser: TestBrowser;
  let files: PageFiles;
  let home = '';
  let digest = '';

  beforeAll(async () => {
    files = new PageFiles();
    home = await files.serve();
    browser = await TestBrowser.launch();
    digest = decodeRunFile(gunzipSync(readFileSync(files.trace('run.detcd', { events: 6000, seed: 7 })))).info
      .digest;
  });

  afterAll(async () => {
    await browser?.close();
    await files?.close();
  });

  async function saved(page: Page, name: string): Promise<{ path: string; bytes: Buffer }> {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('.export-choice', { has: page.locator(`strong:text-is("${name}")`) }).click(),
    ]);
    const path = `${files.folder}/${download.suggestedFilename()}`;
    await download.saveAs(path);
    return { path, bytes: readFileSync(path) };
  }

  it('gives the picture as vectors and as pixels, with every lane', async () => {
    const { page, errors } = await browser.open(`${home}#trace=traces/run.detcd&sel=3000`);
    await page.waitForSelector('.inspector.has-selection');
    for (let i = 0; i < 8; i++) await page.keyboard.press('+');
    await drawn(page);
    await page.keyboard.press('x');
    const svg = (await saved(page, 'Picture, SVG')).bytes.toString();
    const read: { name: string; texts: string[]; shapes: number; images: number } =
      await page.evaluate(`(() => {
      const { documentElement: root } = new DOMParser().parseFromString(${JSON.stringify(svg)}, 'image/svg+xml');
      return {
        name: root.nodeName,
        texts: [...root.querySelectorAll('text')].map(({ textContent }) => textContent),
        shapes: root.querySelectorAll('path, rect').length,
        images: root.querySelectorAll('image').length,
      };
    })()`);
    expect(read.name).toBe('svg');
    expect(read.texts).toEqual(expect.arrayContaining(['faults', 'n1', 'n2', 'n3', 'client 1']));
    expect(read.shapes).toBeGreaterThan(40);
    expect(read.images).toBe(0);
    const png = (await saved(page, 'Picture, PNG')).bytes;
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    const width = Number(/ width="(\d+)"/.exec(svg)?.[1]);
    expect(png.readUInt32BE(16)).toBe(2 * width);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('gives the run in formats that read back to the same digest, and a page that opens alone', async () => {
    const { page, errors } = await browser.open(`${home}#trace=traces/run.detcd`);
    await page.waitForSelector('.run');
    await page.getByRole('button', { name: /^Save a picture/ }).click();
    expect(decodeRunFile(gunzipSync((await saved(page, 'Trace')).bytes)).info.digest).toBe(digest);
    const lines = await saved(page, 'JSON lines');
    const reader = new JsonLinesReader();
    for (const line of gunzipSync(lines.bytes).toString().split('\n')) reader.take(line);
    expect(reader.finish().info.digest).toBe(digest);
    const chrome = JSON.parse((await saved(page, 'Chrome trace')).bytes.toString()) as {
      traceEvents: object[];
    };
    expect(chrome.traceEvents.length).toBeGreaterThan(6000);
    const html = await saved(page, 'Page');
    expect(errors).toEqual([]);
    await page.close();

    const alone = await browser.open(pathToFileURL(html.path).href);
    await alone.page.waitForSelector('.run');
    expect(await alone.page.locator('.inspector').textContent()).toContain(digest);
    // A page that was saved can save itself again.
    await alone.page.keyboard.press('x');
    const again = await saved(alone.page, 'Page');
    expect(alone.errors).toEqual([]);
    expect(alone.requests.filter((address) => !/^(file|data|blob):/.test(address))).toEqual([]);
    await alone.page.close();
    const second = await browser.open(pathToFileURL(again.path).href);
    await second.page.waitForSelector('.run');
    expect(await second.page.locator('.inspector').textContent()).toContain(digest);
    await second.page.close();
  });

  it('opens dropped JSON lines, and names the line that is wrong', async () => {
    const { page, errors } = await browser.open(`${home}#trace=traces/run.detcd`);
    await page.waitForSelector('.run');
    await page.keyboard.press('x');
    const { path, bytes } = await saved(page, 'JSON lines');
    const text = gunzipSync(bytes).toString();
    const drop = async (name: string, content: string): Promise<void> => {
      await page.evaluate(`(() => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([${JSON.stringify(content)}], ${JSON.stringify(name)}));
        dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }));
      })()`);
    };
    await page.goto(home);
    await page.waitForSelector('.start');
    await drop('run.jsonl', text);
    await page.waitForSelector('.run');
    expect(await page.locator('.inspector').textContent()).toContain(digest);
    await drop('bad.jsonl', text.split('\n').with(4, '{').join('\n'));
    await page.waitForSelector('.error');
    expect(await page.locator('.error').textContent()).toContain('line 5: expected a JSON object');
    expect(path).toMatch(/\.jsonl\.gz$/);
    expect(errors).toEqual([]);
    await page.close();
  });
});
