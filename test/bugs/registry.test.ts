import { describe, expect, it } from 'vitest';
import { isBugId, missingBugs, noBugs, plantedBugs } from '../../core/bugs.ts';
import { bugScripts, findBugScript } from '../../scenarios/bugs/scripts.ts';
import { catalogue, findScenario } from '../../scenarios/catalogue.ts';

const upTo = (family: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${family}${index + 1}`);

/** The list of known bugs: apply and durability, watch, lease, auth, raft, disk, Jepsen. D5 was never given. */
const listed = [
  ...upTo('B', 14),
  ...upTo('W', 8),
  ...upTo('L', 6),
  ...upTo('A', 5),
  ...upTo('R', 14),
  ...upTo('D', 7).filter((code) => code !== 'D5'),
  ...upTo('J', 2),
];

describe('the registry of planted bugs', () => {
  it('has each bug of the list, or says why it has it not', () => {
    const known = new Set([...plantedBugs, ...missingBugs].map(({ code }) => code));
    expect(listed.filter((code) => !known.has(code))).toEqual([]);
    for (const code of known) if (code !== null) expect(listed).toContain(code);
  });

  it('names each once, and says of each all that people are to know', () => {
    expect(new Set(plantedBugs.map(({ id }) => id)).size).toBe(plantedBugs.length);
    for (const bug of plantedBugs) {
      expect(bug.id).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(isBugId(bug.id)).toBe(true);
      for (const text of [bug.title, bug.cause, bug.guarantee, bug.check, bug.missed, bug.lesson]) {
        expect(text.length, bug.id).toBeGreaterThan(5);
      }
    }
  });

  it('has none switched on', () => {
    expect([...noBugs]).toEqual([]);
  });
});

describe('the scripts', () => {
  it('are there for each bug that really happened', () => {
    const without = plantedBugs.filter(({ id, code }) => code !== null && findBugScript(id) === undefined);
    expect(without.map(({ id }) => id)).toEqual([]);
  });

  it('are found by the names of their scenarios', () => {
    for (const { bug, scenario } of bugScripts) {
      expect(scenario.name).toBe(`bug-${bug}`);
      expect(findScenario(scenario.name)).toBe(scenario);
    }
  });

  it('are hunted in stories of the catalogue', () => {
    const names = new Set(catalogue.map(({ name }) => name));
    expect(bugScripts.flatMap(({ hunt }) => hunt.filter((story) => !names.has(story)))).toEqual([]);
  });
});
