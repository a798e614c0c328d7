import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { encodeRunFile } from '../../sim/trace/codec.ts';
import { type SyntheticOptions, syntheticRun } from '../viz/synthetic_trace.ts';

/** Where the page was built; DETCD_PAGE names another folder. */
export const built = process.env['DETCD_PAGE'] ?? fileURLToPath(new URL('../../dist/viz/', import.meta.url));
const placeholder = '__DETCD_TRACE__';
const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

/** The built page on a port of its own, and a folder for traces beside it. */
export class PageFiles {
  readonly folder = mkdtempSync(join(tmpdir(), 'detcd-page-'));
  private server: Server | null = null;

  async serve(): Promise<string> {
    if (!existsSync(join(built, 'index.html')))
      throw new Error('dist/viz is missing: run `npm run build` first');
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      const file = pathname.startsWith('/traces/')
        ? join(this.folder, pathname.slice('/traces/'.length))
        : join(built, pathname === '/' ? 'index.html' : pathname);
      if (!existsSync(file)) {
        response.writeHead(404);
        response.end();
        return;
      }
      response.writeHead(200, { 'content-type': contentTypes[extname(file)] ?? 'application/octet-stream' });
      response.end(readFileSync(file));
    });
    this.server = server;
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  /** Writes a synthetic run and returns its path. */
  trace(name: string, options: Partial<SyntheticOptions>): string {
    return this.write(name, gzipSync(encodeRunFile(syntheticRun(options))));
  }

  write(name: string, bytes: Uint8Array | string): string {
    const path = join(this.folder, name);
    writeFileSync(path, bytes);
    return path;
  }

  /** The standalone page with a run inside; returns its file:// address. */
  standalone(name: string, options: Partial<SyntheticOptions>): string {
    const template = readFileSync(join(built, 'standalone.html'), 'utf8').split(placeholder);
    if (template.length !== 2)
      throw new Error(`expected ${placeholder} once, found it ${template.length - 1} times`);
    const trace = gzipSync(encodeRunFile(syntheticRun(options))).toString('base64');
    return pathToFileURL(this.write(name, template.join(trace))).href;
  }

  async close(): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
    await new Promise<void>((resolve) => {
      if (this.server === null) resolve();
      else this.server.close(() => resolve());
    });
  }
}
