import type { ClientRequest, WatchRequest } from '../../core/server/api/index.ts';
import type { Symbolic } from './symbolic.ts';

/** Who asks: nobody (no token), somebody with a token that never was one, or a user with the first or last token got. */
export type Identity = 'nobody' | 'forger' | { readonly user: string; readonly token: 'first' | 'last' };

/** One thing done on both sides. */
export type Step =
  | { readonly kind: 'call'; readonly as: Identity; readonly request: Symbolic<ClientRequest> }
  | { readonly kind: 'watch'; readonly as: Identity; readonly request: Symbolic<WatchRequest> };

export const nobody: Identity = 'nobody';

/** A step in one line, to be read by people: bytes outside of ASCII escaped, references as `current-2`, `lease#1`. */
export function describeStep(step: Step): string {
  const { as } = step;
  const who = as === 'nobody' ? '' : as === 'forger' ? ' (forged token)' : ` (${as.user}, ${as.token} token)`;
  const { kind } = step.request;
  const body = (step.request as unknown as Readonly<Record<string, unknown>>)[kind];
  return `${step.kind === 'watch' ? 'watch ' : ''}${kind}${who} ${describeValue(body)}`;
}

export function describeValue(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return `[${value.map((element) => describeValue(element)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  if ('ref' in value) return describeRef(value as Readonly<Record<string, unknown>>);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  if (members.length === 0) return '{}';
  return `{ ${members.map(([name, member]) => `${name}: ${describeValue(member)}`).join(', ')} }`;
}

function describeRef(ref: Readonly<Record<string, unknown>>): string {
  if (ref['ref'] !== 'revision') return `${String(ref['ref'])}#${String(ref['index'])}`;
  const plus = Number(ref['plus']);
  return `${String(ref['base'])}${plus === 0 ? '' : plus > 0 ? `+${plus}` : plus}`;
}

function quote(text: string): string {
  const escaped = text.replace(/[^\x20-\x7e]|['\\]/g, (character) => {
    if (character === "'" || character === '\\') return `\\${character}`;
    return character === '\0' ? '\\0' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return escaped.length > 60 ? `'${escaped.slice(0, 40)}...' (${text.length} bytes)` : `'${escaped}'`;
}
