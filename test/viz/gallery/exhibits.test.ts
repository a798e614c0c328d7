import { describe, expect, it } from 'vitest';
import { plantedBugs } from '../../../core/bugs.ts';
import { findScenario } from '../../../scenarios/catalogue.ts';
import { families, familyOf } from '../../../viz/gallery/exhibit.ts';
import { exhibitAddress } from '../../../viz/gallery/fetch_gallery.ts';
import { linkWords, sourceOf } from '../../../viz/load/sources.ts';
import { galleryForPage } from '../../../viz/worker/exhibits.ts';

const { exhibits } = galleryForPage();

describe('the gallery', () => {
  it('has every planted bug, in a family', () => {
    expect(exhibits.map(({ id }) => id).toSorted()).toEqual(plantedBugs.map(({ id }) => id).toSorted());
    const letters = families.map(([letter]) => letter);
    expect(exhibits.filter((exhibit) => !letters.includes(familyOf(exhibit)))).toEqual([]);
  });

  it('has a script for each bug that really happened, on a scenario that can be run', () => {
    const without = exhibits.filter(({ code, script }) => code !== null && script === null);
    expect(without.map(({ id }) => id)).toEqual([]);
    for (const { script } of exhibits) {
      if (script === null) continue;
      expect(findScenario(script.scenario), script.scenario).toBeDefined();
      expect(script.schedule.length).toBeGreaterThan(0);
    }
  });

  it('survives being sent by a worker', () => {
    expect(structuredClone(galleryForPage())).toEqual(galleryForPage());
  });

  it('links to the run of a script, with its bug on and its story beside', () => {
    const exhibit = exhibits.find(({ id }) => id === 'local-reads');
    if (exhibit === undefined) throw new Error('no such bug');
    const address = new URL(`http://page/${exhibitAddress(exhibit) ?? ''}`);
    const noTrace = { getElementById: () => null };
    expect(sourceOf(address, noTrace)).toEqual({
      kind: 'live',
      request: {
        scenario: 'bug-local-reads',
        seed: exhibit.script?.seed,
        options: { bugs: ['local-reads'] },
      },
    });
    expect(linkWords(address).get('bug')).toBe('local-reads');
    expect(exhibitAddress({ ...exhibit, script: null })).toBeNull();
  });
});
