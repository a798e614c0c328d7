import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { standalonePage } from './standalone_plugin.ts';

const root = fileURLToPath(new URL('.', import.meta.url));

export default defineConfig({
  root,
  base: './',
  plugins: [standalonePage(root)],
  worker: { format: 'es' },
  build: {
    outDir: '../dist/viz',
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    // A source map would be most of what is published.
    sourcemap: false,
    // The standalone page is a build within the build, which takes as long.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
});
