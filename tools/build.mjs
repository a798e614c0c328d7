// `npm run build`: compile and bundle whatever is stale.
import { bundlePage, compile, install, requireNode } from './setup.mjs';

requireNode();
install();
compile();
bundlePage();
