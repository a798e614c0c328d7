import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, type Page, chromium } from 'playwright-core';
import { describe, it } from 'vitest';
import { chromiumPath, chromiumRequired, missingBrowser } from './chromium.ts';

/**
 * `describe` for tests in a browser. Without one they are skipped, with the reason in their name; where
 * DETCD_REQUIRE_ORACLES=1 they fail instead.
 */
export function describeInBrowser(name: string, tests: () => void): void {
  if (missingBrowser === null) {
    describe(name, tests);
    return;
  }
  if (chromiumRequired) {
    describe(name, () => {
      it('has a browser', () => {
        throw new Error(missingBrowser ?? '');
      });
    });
    return;
  }
  describe.skip(`${name} (SKIPPED: ${missingBrowser})`, tests);
}

export interface Opened {
  readonly page: Page;
  /** Errors of the console and uncaught ones, to be empty at the end of every test. */
  readonly errors: string[];
  /** Every address that was asked for. */
  readonly requests: string[];
}

/** A headless browser with a profile of its own, which `close` removes. */
export class TestBrowser {
  private readonly context: BrowserContext;
  private readonly profile: string;

  private constructor(context: BrowserContext, profile: string) {
    this.context = context;
    this.profile = profile;
  }

  static async launch(): Promise<TestBrowser> {
    const profile = mkdtempSync(join(tmpdir(), 'detcd-browser-'));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: chromiumPath,
      headless: true,
      viewport: { width: 1600, height: 900 },
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    return new TestBrowser(context, profile);
  }

  /** What a person has asked of their system must be known before the page loads. */
  async open(url: string, media: { readonly reducedMotion?: 'reduce' } = {}): Promise<Opened> {
    const page = await this.context.newPage();
    await page.emulateMedia(media);
    const errors: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('request', (request) => requests.push(request.url()));
    await page.addInitScript(
      'window.longTasks = []; new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.longTasks.push(entry.duration); }).observe({ entryTypes: ["longtask"] });',
    );
    await page.goto(url);
    return { page, errors, requests };
  }

  /** A script that every page opened from now on runs before its own. */
  async runFirst(script: string): Promise<void> {
    await this.context.addInitScript(script);
  }

  async close(): Promise<void> {
    await this.context.close();
    rmSync(this.profile, { recursive: true, force: true });
  }
}

/** Milliseconds of the tasks above 50 ms so far. */
export function longTasks(page: Page): Promise<number[]> {
  return page.evaluate('window.longTasks');
}

/** How many different colours the lanes' canvas holds; 1 for a blank one. */
export function laneColors(page: Page): Promise<number> {
  return page.evaluate(`(() => {
    const canvas = document.querySelector('canvas.lanes');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const words = new Uint32Array(data.buffer);
    const seen = new Set();
    for (let i = 0; i < words.length; i += 7) seen.add(words[i]);
    return seen.size;
  })()`);
}

/** A fingerprint of the lanes' pixels, to see whether a picture changed. */
export function lanePixels(page: Page): Promise<number> {
  return page.evaluate(`(() => {
    const canvas = document.querySelector('canvas.lanes');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let sum = 0;
    for (let i = 0; i < data.length; i += 4) sum = (Math.imul(sum, 31) + data[i] + data[i + 1] * 3 + data[i + 2] * 7) | 0;
    return sum;
  })()`);
}

/** Resolves after the page has drawn what was asked for before. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
}
