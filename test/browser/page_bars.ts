import type { CDPSession, Page } from 'playwright-core';

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

/** From the address to the first picture, and the longest task meanwhile. */
export async function measureLoad(
  page: Page,
  link: string,
): Promise<{ loadMs: number; longestTaskMs: number }> {
  await page.evaluate('window.longTasks.length = 0');
  await page.evaluate(`location.hash = ${JSON.stringify(link)}`);
  await page.waitForFunction(`performance.getEntriesByName('detcd painted').length > 0`);
  return page.evaluate(`(async () => {
    const [load] = performance.getEntriesByName('detcd load').slice(-1);
    const [painted] = performance.getEntriesByName('detcd painted').slice(-1);
    await new Promise((done) => setTimeout(done, 500));
    return { loadMs: painted.startTime - load.startTime, longestTaskMs: Math.max(0, ...window.longTasks) };
  })()`);
}

/** Deltas of the animation's frames while the wheel zooms from the whole run to 4 ms. */
export function measureZoom(page: Page, durationNs: number, frames = 180): Promise<number[]> {
  return page.evaluate(`(async () => {
    const overlay = document.querySelector('svg.overlay');
    const box = overlay.getBoundingClientRect();
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '0', bubbles: true }));
    await new Promise((done) => setTimeout(done, 100));
    const delta = -Math.log2(${durationNs} / 4e6) / ${frames} / 0.002;
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const deltas = [];
    let before = await frame();
    for (let i = 0; i < ${frames}; i++) {
      overlay.dispatchEvent(new WheelEvent('wheel', { deltaY: delta, clientX: box.left + box.width * 0.6, clientY: box.top + 200, bubbles: true, cancelable: true }));
      const now = await frame();
      deltas.push(now - before);
      before = now;
    }
    return deltas;
  })()`);
}

/**
 * The page's work for an input: its handler, and the next frame from its first callback to the end of its task. Waiting for
 * the display is no work.
 */
const workOf = `async (act) => {
  let frameStart = 0;
  let handler = 0;
  const done = new Promise((resolve) => {
    requestAnimationFrame(() => {
      const started = performance.now();
      act();
      handler = performance.now() - started;
      requestAnimationFrame(() => {
        frameStart = performance.now();
        const channel = new MessageChannel();
        channel.port1.onmessage = () => resolve(performance.now());
        channel.port2.postMessage(0);
      });
    });
  });
  return handler + (await done) - frameStart;
}`;

/** Seeks by links: random stretches of 1 ms to 10 s, and a random event selected. */
export function measureSeeks(
  page: Page,
  link: string,
  events: number,
  durationNs: number,
  count = 200,
): Promise<number[]> {
  return page.evaluate(`(async () => {
    const work = ${workOf};
    let state = 12345;
    const times = [];
    for (let i = 0; i < ${count}; i++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      const event = state % ${events};
      const length = 1e6 * 10 ** (i % 5);
      const from = Math.floor((state / 2 ** 32) * (${durationNs} - length));
      const heard = new Promise((resolve) => addEventListener('hashchange', resolve, { once: true }));
      const started = performance.now();
      location.hash = ${JSON.stringify(link)} + '&from=' + from + '&to=' + (from + length) + '&sel=' + event;
      await heard;
      const handled = performance.now() - started;
      times.push(handled + await work(() => {}));
    }
    return times;
  })()`);
}

export function measureSteps(page: Page, count = 200): Promise<number[]> {
  return page.evaluate(`(async () => {
    const work = ${workOf};
    const times = [];
    for (let i = 0; i < ${count}; i++)
      times.push(await work(() => document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '.', bubbles: true }))));
    return times;
  })()`);
}

/** Searches of the whole run: how long each takes until its hits are known. */
export function measureSearches(page: Page, queries: readonly string[]): Promise<number[]> {
  return page.evaluate(`(async () => {
    const input = document.querySelector('.search-input');
    performance.clearMeasures('detcd search');
    for (const query of ${JSON.stringify(queries)}) {
      input.value = query;
      input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
      await new Promise((done) => requestAnimationFrame(done));
    }
    return performance.getEntriesByName('detcd search', 'measure').map(({ duration }) => duration);
  })()`);
}

/** Causal cones of events all over the run, each until it is drawn; the first makes what the others share. */
export function measureCones(page: Page, link: string, events: number, count = 20): Promise<number[]> {
  return page.evaluate(`(async () => {
    const work = ${workOf};
    const press = () => document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'c', bubbles: true }));
    const times = [];
    for (let i = 1; i <= ${count}; i++) {
      const heard = new Promise((resolve) => addEventListener('hashchange', resolve, { once: true }));
      location.hash = ${JSON.stringify(link)} + '&sel=' + Math.floor((i * ${events}) / ${count + 2});
      await heard;
      await work(() => {});
      times.push(await work(press));
      press();
    }
    return times;
  })()`);
}

/** Script heap and what typed arrays hold, in megabytes, after a collection. */
export async function memoryMb(page: Page): Promise<number> {
  const session: CDPSession = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const usage: { usedSize: number; backingStorageSize?: number } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return (usage.usedSize + (usage.backingStorageSize ?? 0)) / 1e6;
}
