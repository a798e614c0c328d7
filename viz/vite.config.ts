import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { standalonePage } from './standalone_plugin.ts';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [standalonePage()],
  worker: { format: 'es' },
  build: {
    outDir: '../dist/viz',
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: false,
    // A source map would be most of what is published.
    sourcemap: false,
  },
});
