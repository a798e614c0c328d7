// `npm start [-- OPTIONS]`: install, build, run one chaos scenario. Options go to `detcd run`.
import { bundlePage, compile, install, requireNode, root, run } from './setup.mjs';

requireNode();
install();
compile(['scenarios/cli']);
bundlePage();
const given = process.argv.slice(2);
const names = given.length > 0 && !given[0].startsWith('-');
const args = names ? given : ['leader-isolated', ...given];
run(process.execPath, [`${root}/bin/detcd.mjs`, 'run', ...args], { cwd: process.cwd() });
