import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scenarioChosen } from '../../scenarios/cli/flags.ts';
import { readRunFile } from '../../scenarios/cli/run_files.ts';
import { loadScenario, namesFile } from '../../scenarios/cli/scenario_file.ts';
import { checkScenario } from '../../sim/scenario_form.ts';
import { catalogue } from '../../scenarios/catalogue.ts';
import { detcdHere, detcdIn } from '../cli/run_here.ts';
import { root } from '../tidy/sources.ts';
import { installIn, writeJavaScript, writeTypeScript } from './my_scenario.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'detcd-own-'));
  installIn(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a scenario of a person', () => {
  it('is a file if it looks like one', () => {
    expect(['./a', 'a/b', 'a.ts', 'a.mjs', 'a\\b.js'].every(namesFile)).toBe(true);
    expect(['leader-isolated', 'ts'].some(namesFile)).toBe(false);
  });

  it('in TypeScript is run, traced with its file and crc, and replayed only with the same file', () => {
    const file = writeTypeScript(folder);
    const ran = detcdIn(folder, 'run', './my-own.ts', '--seed', '4', '--out', 'own');
    expect(ran.err).toBe('');
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('again       npx detcd run ./my-own.ts --seed 4 --members 3');
    const trace = join(folder, 'own', 'trace.detcd');
    const { info } = readRunFile(trace);
    expect(info.options.source).toEqual({ file: 'my-own.ts', crc32c: loadScenario(file).source.crc32c });
    expect(info.interventions.some((one) => one.kind === 'note' && one.text === '3 members')).toBe(true);
    expect(detcdHere('replay', trace).err).toMatch(
      /recorded with a scenario of its own, my-own in my-own\.ts \(crc32c [0-9a-f]{8}\): name that file with --scenario FILE/,
    );
    const replayed = detcdHere('replay', trace, '--scenario', file);
    expect(replayed).toMatchObject({ code: 0, err: '' });
    expect(replayed.out).toContain('SAME');
    appendFileSync(file, '// changed\n');
    const changed = detcdIn(folder, 'replay', 'own/trace.detcd', '--scenario', 'my-own.ts');
    expect(changed.code).toBe(2);
    expect(changed.err).toMatch(/but my-own\.ts holds my-own with crc32c/);
  });

  it('in JavaScript is loaded as it is', () => {
    const { scenario, source } = scenarioChosen(writeJavaScript(folder));
    expect(scenario.name).toBe('plain');
    expect(source?.file).toBe('plain.mjs');
  });

  it('has types: a mistake in it is found by tsc, and a right one is not', () => {
    const sound = writeTypeScript(folder, 'typed');
    const wrong = writeTypeScript(folder, 'mistyped', 'story.explode(1);');
    const options = [
      '--noEmit',
      '--strict',
      '--target',
      'ES2023',
      '--lib',
      'ES2023',
      '--types',
      '',
      '--module',
      'NodeNext',
    ];
    const more = ['--allowImportingTsExtensions', '--noUnusedLocals', '--ignoreConfig'];
    const tsc = (path: string) =>
      spawnSync(
        process.execPath,
        [join(root, 'node_modules/typescript/bin/tsc'), ...options, ...more, path],
        {
          cwd: folder,
          encoding: 'utf8',
        },
      ).stdout;
    expect(tsc(sound)).toBe('');
    expect(tsc(wrong)).toMatch(/mistyped\.ts.*Property 'explode' does not exist on type 'Story'/);
  });

  it.each([
    ['missing.ts', null, /missing\.ts: can't read it: no such file or directory/],
    ['scenario.txt', 'x', /expected a scenario's file to end in \.ts/],
    ['broken.mjs', 'export default {', /broken\.mjs: can't load it: /],
    ['broken.ts', 'export default {', /broken\.ts: can't (?:compile|load) it:/],
    [
      'empty.mjs',
      'export const x = 1;',
      /expected its default export to be a Scenario: expected `name` to be/,
    ],
    ['nothing.mjs', '', /expected an object with its fields, found none/],
    ['seven.mjs', 'export default 7;', /expected an object, found 7/],
    [
      'name.mjs',
      'export default { name: "Mine" };',
      /expected `name` to be lower-case words .*, found "Mine"/,
    ],
    ['awaits.mjs', 'export default await 1;', /awaits at its top level/],
  ])('that is wrong is told in a sentence: %s', (name, text, sentence) => {
    const path = join(folder, name);
    if (text !== null) writeFileSync(path, text);
    const { code, err, out } = detcdHere('run', path);
    expect(err).toMatch(sentence);
    expect(err).not.toMatch(/\n\s+at /);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });

  it('may not take the name of one of the catalogue, nor lack detcd', () => {
    const taken = join(folder, 'taken.mjs');
    writeFileSync(taken, readFileSync(writeJavaScript(folder), 'utf8').replace("'plain'", "'calm-days'"));
    expect(detcdHere('run', taken).err).toContain('the catalogue has a scenario "calm-days"');
    const lonely = mkdtempSync(join(tmpdir(), 'detcd-lonely-'));
    try {
      expect(detcdHere('run', writeJavaScript(lonely)).err).toContain('npm install detcd');
    } finally {
      rmSync(lonely, { recursive: true });
    }
  });

  it('is checked field by field; all of the catalogue are right', () => {
    for (const scenario of catalogue) expect(checkScenario(scenario)).toBe(null);
    const [sound] = catalogue;
    const cases: readonly (readonly [object, string])[] = [
      [{ members: 0 }, 'expected `members` to be a whole number from 1 to 51, found 0.'],
      [{ durationMs: '10s' }, 'expected `durationMs` to be a whole number from 1 to 86400000, found "10s".'],
      [{ nemesis: undefined }, 'expected `nemesis` to be a function, found undefined.'],
      [{ sometimes: [{ when: 1 }] }, 'expected `sometimes` to be a list of { goal, when }, found a list.'],
      [{ judge: 3 }, 'expected `judge` to be a function, or absent, found 3.'],
    ];
    for (const [change, sentence] of cases) expect(checkScenario({ ...sound, ...change })).toBe(sentence);
  });
});
