// `npm run build`: compile and bundle whatever is stale.
import { cpSync } from 'node:fs';
import { bundlePage, compile, install, requireNode, root } from './setup.mjs';

requireNode();
install();
compile();
bundlePage();
// For the package, which has no sources: what `detcd serve` tells gRPC tools of its messages.
cpSync(`${root}/core/node/proto`, `${root}/dist/core/node/proto`, { recursive: true });
