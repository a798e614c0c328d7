const traceId = 'detcd-trace';

/** The page itself with a run in it: one file that opens from file:// and asks for nothing. Throws an Error whose message is for people. */
export async function standalonePage(trace: Blob): Promise<Blob> {
  const { before, after } =
    document.getElementById(traceId) === null ? await fetchedTemplate() : ownTemplate();
  return new Blob([before, await base64(trace), after], { type: 'text/html' });
}

interface Template {
  readonly before: string;
  readonly after: string;
}

/** The build writes it beside the page. */
async function fetchedTemplate(): Promise<Template> {
  const response = await fetch(new URL('standalone.html', location.href)).catch(() => null);
  if (response === null || !response.ok)
    throw new Error('expected the page\u2019s own standalone.html beside it, which `npm run build` writes');
  return split(await response.text());
}

/** A standalone page is its own template, once everything is gone that it has built. */
function ownTemplate(): Template {
  const root = document.documentElement.cloneNode(true) as HTMLElement;
  root.removeAttribute('data-theme');
  root.querySelector('#app')?.replaceChildren();
  for (const child of root.querySelectorAll('body > *')) {
    if (child.id !== 'app' && child.tagName !== 'SCRIPT') child.remove();
  }
  return split(`<!doctype html>\n${root.outerHTML}\n`);
}

/** What stands in the place of the trace is left out, be it a trace or the word that holds the place. */
function split(html: string): Template {
  // The last one: the page's script, which comes before, holds these words as well.
  const opening = `id="${traceId}">`;
  const at = html.lastIndexOf(opening);
  const start = at + opening.length;
  const end = html.indexOf('</script>', start);
  if (at < 0 || end < 0) throw new Error('expected a place for the trace in the page, found none');
  return { before: html.slice(0, start), after: html.slice(end) };
}

async function base64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const pieces: string[] = [];
  // A multiple of three, so that the pieces join without padding.
  const pieceBytes = 3 * 8192;
  for (let at = 0; at < bytes.length; at += pieceBytes)
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(at, at + pieceBytes))));
  return pieces.join('');
}
