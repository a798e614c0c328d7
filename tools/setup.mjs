// What `npm start`, `npm test` and the other commands share: install what is missing, build what is stale.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const nodeVersionMin = [20, 19];

export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > nodeVersionMin[0] || (major === nodeVersionMin[0] && minor >= nodeVersionMin[1])) return;
  fail(`detcd needs Node.js ${nodeVersionMin.join('.')} or later; this is ${process.versions.node}.`);
}

export function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

/** Runs a command with its output on the terminal; ends this process with its exit code unless that is one of `okCodes`. */
export function run(command, args, { okCodes = [0], ...options } = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error) fail(`could not run ${command}: ${result.error.message}`);
  if (!okCodes.includes(result.status)) process.exit(result.status ?? 1);
}

function npm(args) {
  // npm sets npm_execpath for the scripts it runs; without it, npm is looked up on the PATH.
  const script = process.env.npm_execpath;
  if (script?.endsWith('.js')) run(process.execPath, [script, ...args]);
  else run('npm', args, { shell: process.platform === 'win32' });
}

export function install() {
  const wanted = join(root, 'package-lock.json');
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return;
  process.stderr.write('installing dependencies (npm ci) ...\n');
  npm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

export const bin = (name) =>
  join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);
export const shell = process.platform === 'win32';

/** Compiles the TypeScript to dist/, all of it or the given projects; incremental, so nothing to do costs well under a second. */
export function compile(projects = []) {
  run(bin('tsc'), ['-b', ...projects], { shell });
}

/** Bundles the page to dist/viz when its sources, or those it draws on, changed since the last time. */
export function bundlePage() {
  const stamp = join(root, 'dist', 'viz', '.built');
  const built = existsSync(stamp) ? Number(readFileSync(stamp, 'utf8')) : 0;
  const newest = Math.max(
    ...['viz', 'sim', 'core', 'scenarios', 'package-lock.json'].map((name) => newestMs(join(root, name))),
  );
  if (built >= newest) return;
  run(bin('vite'), ['build', '--config', 'viz/vite.config.ts', '--logLevel', 'warn'], { shell });
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, String(newest));
}

function newestMs(path) {
  const info = statSync(path);
  if (!info.isDirectory()) return info.mtimeMs;
  return Math.max(info.mtimeMs, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}
