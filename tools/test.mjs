// `npm test [-- OPTIONS]`: install, build, run the tests. Options go to vitest.
import { bundlePage, compile, install, requireNode, root, run } from './setup.mjs';

requireNode();
install();
compile();
bundlePage();
run(process.execPath, [`${root}/node_modules/vitest/vitest.mjs`, 'run', ...process.argv.slice(2)]);
