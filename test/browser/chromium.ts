import { existsSync } from 'node:fs';

export const chromiumPath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** Where the browser must not be missing, its tests fail without it. */
export { oraclesRequired as chromiumRequired } from '../oracle.ts';

/** Why there is no browser to test with, or null when there is one. */
export const missingBrowser = existsSync(chromiumPath)
  ? null
  : `no Chromium at ${chromiumPath}; install it or set CHROMIUM_PATH`;
