import type { LiveOptions, RunSpec } from '../worker_protocol.ts';

/** Where the page is asked to take its run from. */
export type Source =
  | { readonly kind: 'embedded'; readonly bytes: Uint8Array }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'live'; readonly request: RunSpec }
  | { readonly kind: 'none' };

const embeddedId = 'detcd-trace';

/** As much of a document as is asked here. */
export interface PageTexts {
  getElementById(id: string): { readonly textContent: string | null } | null;
}

/** What the page's address and the page itself say, the embedded trace first. */
export function sourceOf(address: URL, page: PageTexts): Source {
  const embedded = embeddedBytes(page);
  if (embedded !== null) return { kind: 'embedded', bytes: embedded };
  const words = linkWords(address);
  const trace = words.get('trace');
  if (trace !== null) return { kind: 'url', url: trace };
  const scenario = words.get('scenario');
  if (scenario === null) return { kind: 'none' };
  return { kind: 'live', request: { scenario, seed: words.get('seed') ?? '1', options: liveOptions(words) } };
}

/** Query and fragment together; the fragment wins. */
export function linkWords(address: URL): URLSearchParams {
  const words = new URLSearchParams(address.search);
  for (const [name, value] of new URLSearchParams(address.hash.slice(1))) words.set(name, value);
  return words;
}

/** Sizes and planted bugs that a link asks for. */
export function liveOptions(words: URLSearchParams): LiveOptions {
  const number = (name: string): number | undefined => {
    const value = Number(words.get(name) ?? Number.NaN);
    return Number.isFinite(value) ? value : undefined;
  };
  const members = number('members');
  const clients = number('clients');
  const durationMs = number('durationMs');
  const bugs = words.get('bugs')?.split(',').filter(Boolean);
  return {
    ...(members === undefined ? {} : { members }),
    ...(clients === undefined ? {} : { clients }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(bugs === undefined ? {} : { bugs }),
  };
}

/** The standalone page's trace: base64 of the file's bytes, or the untouched placeholder, which starts with '_'. */
function embeddedBytes(page: PageTexts): Uint8Array | null {
  const text = page.getElementById(embeddedId)?.textContent?.trim() ?? '';
  if (text === '' || text.startsWith('_')) return null;
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** Fetches a trace relative to the page. Throws an Error whose message is for people. */
export async function fetchTrace(url: string): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(new URL(url, location.href));
  } catch {
    throw new Error('expected a file at this address, but it could not be reached');
  }
  if (!response.ok) throw new Error(`expected a file at this address, found HTTP status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
