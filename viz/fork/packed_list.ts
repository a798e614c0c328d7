/**
 * A list of interventions as text that fits into a link: what entries have in common is said once, times are distances, the whole
 * is deflated and written in base64url.
 *
 *     [[kind, name, name, ...], ...], [form, ns since the one before, value, value, ...], ...
 */
import type { ClientLoad, Intervention } from '../../sim/trace/run_info.ts';

/** A link that was cut short, or written by hand. */
export class PackedListError extends Error {
  override readonly name = 'PackedListError';
}

/** What a link adds to a scenario and a seed. */
export interface PackedList {
  readonly interventions: readonly Intervention[];
  readonly load?: readonly ClientLoad[];
}

export async function pack({ interventions, load }: PackedList): Promise<string> {
  const forms: string[][] = [];
  const places = new Map<string, number>();
  let beforeNs = 0;
  const rows = interventions.map(({ atNs, kind, ...rest }) => {
    const fields = Object.entries(rest).filter(([, value]) => value !== undefined);
    const form = [kind, ...fields.map(([name]) => name)];
    const key = form.join();
    const place = places.get(key) ?? forms.length;
    if (place === forms.length) {
      places.set(key, place);
      forms.push(form);
    }
    const sinceNs = atNs - beforeNs;
    beforeNs = atNs;
    return [place, sinceNs, ...fields.map(([, value]) => value)];
  });
  const text = JSON.stringify(load === undefined ? [forms, rows] : [forms, rows, load]);
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate'));
  return base64url(new Uint8Array(await new Response(stream).arrayBuffer()));
}

/** Throws PackedListError. Whether the list can be applied to a run is the simulator's to say. */
export async function unpack(packed: string): Promise<PackedList> {
  let value: unknown;
  try {
    const stream = new Blob([bytesOf(packed) as BlobPart]).stream();
    const inflated = stream.pipeThrough(new DecompressionStream('deflate'));
    value = JSON.parse(await new Response(inflated).text());
  } catch {
    throw new PackedListError(
      'iv: expected a list of interventions, found text that is cut short or damaged',
    );
  }
  if (!isPacked(value))
    throw new PackedListError('iv: expected a list of interventions, found something else');
  const [forms, rows, load] = value;
  let atNs = 0;
  const interventions = rows.map(([place, sinceNs, ...values]) => {
    const [kind, ...names] = forms[place] ?? [];
    if (kind === undefined || names.length !== values.length)
      throw new PackedListError('iv: expected every intervention to have a form of the list');
    atNs += sinceNs;
    return { atNs, kind, ...Object.fromEntries(names.map((name, at) => [name, values[at]])) };
  }) as unknown as readonly Intervention[];
  return { interventions, ...(load === undefined ? {} : { load }) };
}

type Packed = readonly [
  forms: readonly (readonly string[])[],
  rows: readonly (readonly [number, number, ...unknown[]])[],
  load?: readonly ClientLoad[],
];

function isPacked(value: unknown): value is Packed {
  if (!Array.isArray(value)) return false;
  const [forms, rows, load] = value as readonly unknown[];
  const isTexts = (form: unknown): boolean =>
    Array.isArray(form) && form.every((name) => typeof name === 'string');
  const isRow = (row: unknown): boolean =>
    Array.isArray(row) && Number.isSafeInteger(row[0]) && Number.isSafeInteger(row[1]);
  if (!Array.isArray(forms) || !forms.every(isTexts)) return false;
  if (!Array.isArray(rows) || !rows.every(isRow)) return false;
  return load === undefined || Array.isArray(load);
}

function base64url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function bytesOf(text: string): Uint8Array {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
