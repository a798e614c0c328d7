import { missingBugs } from '../../core/bugs.ts';
import { findingText, gallery, galleryTotals } from '../../scenarios/cli/bugs/gallery.ts';
import type { Gallery } from '../gallery/exhibit.ts';

/** The known bugs, as `detcd bugs` tells of them. */
export function galleryForPage(): Gallery {
  const exhibits = gallery();
  return {
    type: 'gallery',
    exhibits: exhibits.map(({ bug, script, finding }) => ({
      ...bug,
      script:
        script === undefined
          ? null
          : { scenario: script.scenario.name, seed: script.seed, schedule: script.schedule },
      chance: finding === undefined ? null : findingText(finding),
    })),
    missing: missingBugs.map(({ code, title, why }) => ({ code, title, why })),
    totals: galleryTotals(exhibits),
  };
}
