import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  LabelSlots,
  type PageTexts,
  PixelLayer,
  clampWindow,
  durationText,
  fitText,
  inkOn,
  layOutRows,
  luminance,
  palettes,
  sourceOf,
  tickText,
  windowNsMin,
  zoomWindow,
} from './page_model.ts';
import { threeMembers } from './story.ts';

describe('pixel layer', () => {
  it('draws equal bytes for equal input, brighter where lines meet', () => {
    const draw = (): Uint8ClampedArray => {
      const layer = new PixelLayer(8, 4);
      layer.line(0, 1, 7, 1, 0, 1);
      layer.line(3, 0, 3, 3, 0, 1);
      const bytes = new Uint8ClampedArray(8 * 4 * 4);
      layer.tone(bytes, palettes.light, 3);
      return bytes;
    };
    const bytes = draw();
    expect(draw()).toEqual(bytes);
    const alphaAt = (x: number, y: number): number => bytes[(y * 8 + x) * 4 + 3] ?? 0;
    expect(alphaAt(3, 1)).toBeGreaterThan(alphaAt(5, 1));
    expect(alphaAt(5, 1)).toBeGreaterThan(0);
    expect(alphaAt(6, 3)).toBe(0);
    expect([...bytes.subarray(8 * 4, 8 * 4 + 3)]).toEqual([0x40, 0x3c, 0xc1]);
  });
});

describe('windows', () => {
  it('stay inside the run and keep what one zooms at in its place', () => {
    const durationNs = 1_000_000_000;
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, share, fc.double({ min: 0.1, max: 50, noNaN: true }), (a, b, at, factor) => {
        const window = clampWindow(
          { startNs: Math.min(a, b) * durationNs, endNs: Math.max(a, b) * durationNs },
          durationNs,
        );
        const aroundNs = window.startNs + at * (window.endNs - window.startNs);
        const zoomed = zoomWindow(window, factor, aroundNs, durationNs);
        expect(zoomed.startNs).toBeGreaterThanOrEqual(0);
        expect(zoomed.endNs).toBeLessThanOrEqual(durationNs + 1e-3);
        expect(zoomed.endNs - zoomed.startNs).toBeGreaterThanOrEqual(windowNsMin - 1e-3);
        if (factor >= 1) {
          const place = (aroundNs - zoomed.startNs) / (zoomed.endNs - zoomed.startNs);
          expect(place).toBeCloseTo(at, 6);
        }
      }),
    );
  });
});

describe('labels', () => {
  it('never overlap and are cut with an ellipsis', () => {
    const slots = new LabelSlots();
    expect([slots.take(0, 20), slots.take(15, 20), slots.take(30, 20)]).toEqual([true, false, true]);
    const measure = (text: string): number => text.length * 10;
    expect(fitText('crash n3', 100, measure)).toBe('crash n3');
    expect(fitText('crash n3 now', 80, measure)).toBe('crash n\u2026');
    expect(fitText('crash', 30, measure)).toBe('');
  });

  it('of an axis have the decimals that its step needs', () => {
    expect(tickText(2_000_000_000, 1_000_000_000)).toBe('2 s');
    expect(tickText(2_150_000_000, 50_000_000)).toBe('2.15 s');
    expect(tickText(2_150_004_000, 2_000)).toBe('2.150004 s');
    expect([0, 999, 1500, 1_250_000, 30_000_000_000].map(durationText)).toEqual([
      '0 ns',
      '999 ns',
      '1.5 \u00b5s',
      '1.25 ms',
      '30 s',
    ]);
  });
});

describe('rows', () => {
  it('fill the height, in order, without overlapping', () => {
    for (const height of [200, 600, 1200]) {
      const { list, height: total } = layOutRows(threeMembers, height);
      for (let i = 1; i < list.length; i++) {
        const before = list[i - 1];
        expect(list[i]?.y).toBeGreaterThanOrEqual((before?.y ?? 0) + (before?.height ?? 0));
      }
      if (height >= 600) expect(total).toBeLessThanOrEqual(height);
    }
  });
});

describe('palettes', () => {
  const contrast = (a: string, b: string): number => {
    const [light, dark] = [luminance(a), luminance(b)].toSorted((x, y) => y - x) as [number, number];
    return (light + 0.05) / (dark + 0.05);
  };

  it('keep marks at 3:1 and texts at 4.5:1 against the background', () => {
    for (const palette of Object.values(palettes)) {
      const { background, groups, terms, fault, faultText, ink, muted } = palette;
      for (const text of [ink, muted, faultText])
        expect(contrast(text, background)).toBeGreaterThanOrEqual(4.5);
      // Heartbeats, the last group, are meant to recede.
      for (const mark of [...groups.slice(0, 5), ...terms, fault])
        expect(contrast(mark, background), `${palette.name} ${mark}`).toBeGreaterThanOrEqual(3);
      for (const term of terms)
        expect(contrast(inkOn(term), term), `${palette.name} ${term}`).toBeGreaterThanOrEqual(4);
    }
  });
});

describe('sources', () => {
  const page = (text: string | null): PageTexts => ({
    getElementById: (id) => (text === null || id !== 'detcd-trace' ? null : { textContent: text }),
  });

  it('are an embedded trace, a link to one, a scenario, or nothing', () => {
    const of = (address: string, text: string | null = null): unknown =>
      sourceOf(new URL(address), page(text));
    expect(of('http://x/')).toEqual({ kind: 'none' });
    expect(of('http://x/', '__DETCD_TRACE__')).toEqual({ kind: 'none' });
    expect(of('http://x/', '\n aGk= ')).toEqual({ kind: 'embedded', bytes: Uint8Array.of(104, 105) });
    expect(of('http://x/?trace=a.detcd#trace=b.detcd')).toEqual({ kind: 'url', url: 'b.detcd' });
    expect(of('http://x/#scenario=split-vote&seed=4&members=3&bugs=a,b')).toEqual({
      kind: 'live',
      request: { scenario: 'split-vote', seed: '4', options: { members: 3, bugs: ['a', 'b'] } },
    });
  });
});
