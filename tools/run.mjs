// `node tools/run.mjs FILE.ts [ARGS]`: build, then run one TypeScript entry point of this repository.
import { compile, fail, install, requireNode, root, run } from './setup.mjs';

requireNode();
const [entry, ...args] = process.argv.slice(2);
if (!entry?.endsWith('.ts')) fail('usage: node tools/run.mjs FILE.ts [ARGS]');
install();
compile();
run(process.execPath, [`${root}/dist/${entry.slice(0, -3)}.js`, ...args], { cwd: process.cwd() });
