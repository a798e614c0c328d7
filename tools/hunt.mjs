// `npm run hunt [-- IDS] [-- --seeds N]`: hunts the planted bugs and writes what was found where the list and docs/BUGS.md come from.
import { bin, compile, install, requireNode, root, run, shell } from './setup.mjs';

requireNode();
install();
compile();
const record = `${root}/scenarios/bugs/hunted.ts`;
const given = process.argv.slice(2);
const seeds = given.includes('--seeds') ? [] : ['--seeds', '2000'];
// A bug that chance does not find is a finding, too.
run(process.execPath, [`${root}/bin/detcd.mjs`, 'bugs', 'hunt', ...given, ...seeds, '--record', record], {
  okCodes: [0, 1],
});
run(bin('prettier'), ['--write', '--log-level', 'warn', record], { shell });
run(bin('vitest'), ['run', 'test/bugs/document.test.ts'], {
  shell,
  env: { ...process.env, DETCD_UPDATE: '1' },
});
