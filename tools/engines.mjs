// `node tools/engines.mjs [FOLDER]`: the digests of the corpus in other JavaScript engines than the one that runs this. Their npm packages
// bring binaries, which are put into FOLDER (default: one in the system's folder for temporary files, which stays for the next time).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { root } from './setup.mjs';

const platform = { linux: 'linux', darwin: 'darwin', win32: 'win' }[process.platform] ?? process.platform;
const suffix = process.platform === 'win32' ? '.exe' : '';

/** V8 of three Node.js versions but for the one that runs this, and JavaScriptCore. */
const nodeVersions = ['20', '22', '24'].filter((version) => version !== process.versions.node.split('.')[0]);
export const engines = [
  ...nodeVersions.map((version) => ({
    name: `Node.js ${version}`,
    package: `node-${platform}-${process.arch}`,
    version,
    binary: `bin/node${suffix}`,
  })),
  {
    name: 'Bun',
    package: `@oven/bun-${process.platform === 'win32' ? 'windows' : platform}-${process.arch === 'arm64' ? 'aarch64' : process.arch}`,
    version: '1',
    binary: `bin/bun${suffix}`,
  },
];

export const defaultFolder = join(tmpdir(), 'detcd-engines');

/** The engine's binary below the folder, installed if it is not there. Null if it can't be had. */
export function binaryOf(engine, folder = defaultFolder) {
  const own = join(folder, engine.name.replaceAll(/[^\w]/g, '-'));
  const binary = join(own, 'node_modules', ...engine.package.split('/'), engine.binary);
  if (!existsSync(binary)) {
    mkdirSync(own, { recursive: true });
    const wanted = `${engine.package}@${engine.version}`;
    const args = [
      'install',
      '--prefix',
      own,
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      wanted,
    ];
    spawnSync('npm', args, { stdio: 'ignore', timeout: 300_000, shell: process.platform === 'win32' });
  }
  return existsSync(binary) && spawnSync(binary, ['--version']).status === 0 ? binary : null;
}

/** By scenario: the digests of three seeds, as this engine computes them from what `npm run build` compiled. */
export function digestsWith(binary) {
  const script = fileURLToPath(new URL('corpus_digests.mjs', import.meta.url));
  const { status, stdout, stderr } = spawnSync(binary, [script], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${binary} ended with ${status}: ${stderr.slice(-2000)}`);
  return JSON.parse(stdout);
}

/** Scenarios whose digests differ, with both; empty if none do. */
export function differences(found, pinned) {
  const names = [...new Set([...Object.keys(pinned), ...Object.keys(found)])];
  return names
    .filter((name) => JSON.stringify(found[name]) !== JSON.stringify(pinned[name]))
    .map((name) => ({ scenario: name, found: found[name] ?? [], pinned: pinned[name] ?? [] }));
}

export function pinnedDigests() {
  return JSON.parse(readFileSync(join(root, 'test/cluster/testdata/digests.json'), 'utf8'));
}

function main(folder) {
  let differ = false;
  for (const engine of engines) {
    const binary = binaryOf(engine, folder);
    if (binary === null) {
      process.stdout.write(`${engine.name}: can't be had: ${engine.package}@${engine.version}\n`);
      continue;
    }
    const version = spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout.trim();
    const startMs = performance.now();
    const found = digestsWith(binary);
    const others = differences(found, pinnedDigests());
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    const said = others.length === 0 ? 'the same digests' : `${others.length} differ:`;
    process.stdout.write(
      `${engine.name} (${version}): ${said} in ${Object.keys(found).length} scenarios, ${seconds} s\n`,
    );
    for (const other of others) process.stdout.write(`  ${JSON.stringify(other)}\n`);
    differ ||= others.length > 0;
  }
  process.exitCode = differ ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main(process.argv[2]);
