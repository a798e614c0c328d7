// `npm run viz [-- FILE] [--port N]`: serve the page on this machine and print its address; with FILE, open that trace in it.
import { createServer } from 'node:http';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { basename, extname, join, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { bundlePage, compile, fail, install, requireNode, root } from './setup.mjs';

const usage = `usage: npm run viz [-- FILE] [--port N]

Serves the timeline page on this machine and prints its address.

  FILE        a trace to open, such as runs/leader-isolated-1/trace.detcd
  --port N    the port to listen on (default: any free one)
  --help      show this text
`;

const contentTypes = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const tracePath = '/trace/';
const pageFolder = join(root, 'dist', 'viz');

function options() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { port: { type: 'string' }, help: { type: 'boolean' } },
    });
  } catch (error) {
    return fail(`${error.message}\n\n${usage}`);
  }
}

function portOf(text) {
  if (text === undefined) return 0;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535 || text.trim() === '')
    fail(`--port ${text}: expected a whole number from 0 to 65535`);
  return port;
}

/** The trace's absolute path, or null when none was asked for. */
function traceOf(positionals) {
  if (positionals.length === 0) return null;
  if (positionals.length > 1) fail(`expected one trace, found ${positionals.length}\n\n${usage}`);
  const path = resolve(positionals[0]);
  if (!existsSync(path)) fail(`${positionals[0]}: no such file`);
  if (statSync(path).isDirectory()) {
    const inside = join(positionals[0], 'trace.detcd');
    const hint = existsSync(inside) ? ` Its trace is ${inside}.` : '';
    fail(`${positionals[0]}: expected a trace file, found a directory.${hint}`);
  }
  return path;
}

/** The file that a request asks for, or null. */
function fileOf(url, trace) {
  let path;
  try {
    path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
  } catch {
    return null;
  }
  if (path.startsWith(tracePath)) {
    return trace !== null && path === tracePath + basename(trace) ? trace : null;
  }
  const file = resolve(pageFolder, `.${path.endsWith('/') ? `${path}index.html` : path}`);
  if (!file.startsWith(pageFolder + sep)) return null;
  return existsSync(file) && statSync(file).isFile() ? file : null;
}

function answer(request, response, trace) {
  const file = fileOf(request.url ?? '/', trace);
  if (file === null || (request.method !== 'GET' && request.method !== 'HEAD')) {
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' });
    response.end('not found\n');
    return;
  }
  response.writeHead(200, {
    'content-type': contentTypes[extname(file)] ?? 'application/octet-stream',
    'content-length': statSync(file).size,
    'cache-control': 'no-cache',
  });
  if (request.method === 'HEAD') response.end();
  else
    createReadStream(file)
      .on('error', () => response.destroy())
      .pipe(response);
}

requireNode();
const { values, positionals } = options();
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}
const port = portOf(values.port);
const trace = traceOf(positionals);
if (!existsSync(join(pageFolder, 'index.html'))) {
  install();
  compile();
  bundlePage();
}
const server = createServer((request, response) => answer(request, response, trace));
server.on('error', (error) => {
  if (error.code === 'EADDRINUSE')
    fail(`port ${port} is in use; choose another one, or leave --port away for any free one`);
  if (error.code === 'EACCES') fail(`port ${port}: this user may not listen there; choose one above 1023`);
  fail(`can't serve the page: ${error.message}`);
});
server.listen(port, '127.0.0.1', () => {
  const home = `http://127.0.0.1:${server.address().port}/`;
  const link = trace === null ? home : `${home}#trace=${encodeURIComponent(`trace/${basename(trace)}`)}`;
  process.stdout.write(`the page is at ${link}\nCtrl+C ends it\n`);
});
