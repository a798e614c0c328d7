/**
 * Beside index.html the build writes standalone.html: the same page with its script and style inside and a place for a trace.
 *
 * The contract with whoever fills it in (`detcd run` does): the file holds the text below exactly once. Replace it by the
 * base64 of a trace file, gzipped or not, and the page opens with that run, from file:// and without a request. In a
 * replacement text for String.replace, base64 needs no escaping: it has no '$' and no '<'.
 */
import { type Plugin, build } from 'vite';

export const tracePlaceholder = '__DETCD_TRACE__';
const page = 'index.html';

/** `root`: the folder of the page's sources. */
export function standalonePage(root: string): Plugin {
  return {
    name: 'detcd-standalone-page',
    async generateBundle() {
      const source = await wholePage(root);
      check(source);
      this.emitFile({ type: 'asset', fileName: 'standalone.html', source });
    },
  };
}

/** The page built once more, in one piece: what the page loads on demand is inside, the worker that reads traces as well. */
async function wholePage(root: string): Promise<string> {
  const built = await build({
    root,
    base: './',
    configFile: false,
    logLevel: 'warn',
    plugins: [workerInside()],
    worker: { format: 'es', rolldownOptions: { output: { codeSplitting: false } } },
    build: {
      write: false,
      target: 'es2023',
      modulePreload: false,
      rolldownOptions: { output: { codeSplitting: false } },
    },
  });
  if (Array.isArray(built) || !('output' in built)) throw new Error('standalone page: expected one build');
  const html = built.output.find(({ fileName }) => fileName === page);
  if (html?.type !== 'asset') throw new Error(`standalone page: the build has no ${page}`);
  let text = String(html.source);
  for (const file of built.output) {
    if (file.type === 'chunk' && file.isEntry) text = inlineScript(text, file.fileName, file.code);
    else if (file.type === 'asset' && file.fileName.endsWith('.css'))
      text = inlineStyle(text, file.fileName, String(file.source));
  }
  const place = `<script type="application/octet-stream" id="detcd-trace">${tracePlaceholder}</script>`;
  return text.replace('</body>', () => `${place}\n  </body>`);
}

function workerInside(): Plugin {
  return {
    name: 'detcd-worker-inside',
    enforce: 'pre',
    resolveId(source, importer) {
      if (!source.endsWith('/load_worker_class.ts') || importer === undefined) return null;
      return this.resolve(source.replace('_class', '_inside'), importer);
    },
  };
}

/** Moves a script to the end of the body, where the elements it looks for exist. */
function inlineScript(html: string, fileName: string, code: string): string {
  const tag = new RegExp(`\\s*<script[^>]*src="\\./${escaped(fileName)}"[^>]*></script>`);
  if (!tag.test(html)) throw new Error(`standalone page: no script tag for ${fileName} in ${page}`);
  // Inside a script element only these two texts mean anything to HTML; in JavaScript they occur in strings and
  // regular expressions alone, where a backslash changes nothing.
  const safe = code.replaceAll(/<\/(script)/gi, '<\\/$1').replaceAll('<!--', '<\\!--');
  return html.replace(tag, '').replace('</body>', () => `<script type="module">${safe}</script>\n  </body>`);
}

function inlineStyle(html: string, fileName: string, css: string): string {
  const tag = new RegExp(`<link[^>]*href="\\./${escaped(fileName)}"[^>]*>`);
  if (!tag.test(html)) throw new Error(`standalone page: no link tag for ${fileName} in ${page}`);
  return html.replace(tag, () => `<style>${css.replaceAll('</', '<\\/')}</style>`);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function check(html: string): void {
  const places = html.split(tracePlaceholder).length - 1;
  if (places !== 1)
    throw new Error(`standalone page: expected its placeholder once, found it ${places} times`);
  if (/<(script|link)[^>]+(src|href)="\.\//.test(html))
    throw new Error('standalone page: it still asks for a file');
}
