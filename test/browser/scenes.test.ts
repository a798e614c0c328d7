import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { syntheticRun } from '../viz/synthetic_trace.ts';
import { TestBrowser, describeInBrowser, drawn } from './browser.ts';
import { PageFiles } from './page_files.ts';
import { differs } from './picture.ts';
import { type Scene, scenesOf } from './scenes.ts';

const folder = new URL('./scenes/', import.meta.url);
const size = { width: 480, height: 280 };
const run = { events: 20_000, seed: 7, members: 3, clients: 2 };

/**
 * Letters look different wherever other fonts are installed, and the widths of labels decide where marks go. So texts have a width
 * that is counted, and are not drawn; and the lanes have a size that nothing around them decides.
 */
const noLetters = `
  const proto = CanvasRenderingContext2D.prototype;
  proto.fillText = proto.strokeText = () => {};
  proto.measureText = function (text) { return { width: text.length * 0.55 * parseFloat(/([\\d.]+)px/.exec(this.font)[1]) }; };
  addEventListener('DOMContentLoaded', () => document.head.append(Object.assign(document.createElement('style'), { textContent: \`
    .timeline { position: fixed !important; inset: 0 auto auto 0; z-index: 100; width: ${size.width}px !important; height: ${size.height}px !important; background: var(--bg); }
    .timeline .gutter *, svg text { visibility: hidden !important; }
    .tooltip { display: none !important; }\` })));`;

describeInBrowser('the pictures of the lanes', () => {
  let browser: TestBrowser;
  let files: PageFiles;
  let home = '';

  beforeAll(async () => {
    files = new PageFiles();
    home = await files.serve();
    browser = await TestBrowser.launch();
    await browser.runFirst(noLetters);
    files.trace('small.detcd', run);
    files.trace('big.detcd', { ...run, events: 60_000 });
  });

  afterAll(async () => {
    await browser?.close();
    await files?.close();
  });

  async function shoot({ trace, link, keys }: Scene, theme: string): Promise<Buffer> {
    const { page } = await browser.open(`${home}?theme=${theme}#trace=traces/${trace}.detcd&${link}`);
    await page.waitForSelector('.facts');
    await drawn(page);
    // oxlint-disable-next-line no-await-in-loop
    for (const key of keys) await page.keyboard.press(key);
    await drawn(page);
    const shot = await page.screenshot({ clip: { x: 0, y: 0, ...size }, animations: 'disabled' });
    await page.close();
    return shot;
  }

  const scenes = scenesOf(syntheticRun(run)).flatMap((scene) =>
    ['light', 'dark'].map((theme) => ({ ...scene, theme })),
  );

  it.each(scenes)('are as they were: $name, $theme', async (scene) => {
    const baseline = fileURLToPath(new URL(`${scene.name}-${scene.theme}.png`, folder));
    expect(differs(baseline, await shoot(scene, scene.theme))).toBeNull();
  });
});
