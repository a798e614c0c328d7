import { type JwtAlgorithm, jwtAlgorithms, jwtTtlSeconds } from '../../auth/index.ts';
import { ConfigError } from './config_error.ts';
import { parseDuration } from './read_flags.ts';

/** What --auth-token says. */
export type AuthTokenOptions =
  | { readonly kind: 'simple' }
  | {
      readonly kind: 'jwt';
      readonly algorithm: JwtAlgorithm;
      /** Files; of a shared secret only the private key's. */
      readonly publicKey: string | null;
      readonly privateKey: string | null;
      readonly ttlSeconds: number;
    };

/** Throws ConfigError with etcd's words. */
export function parseAuthToken(value: string): AuthTokenOptions {
  const [kind = '', ...parts] = value.split(',');
  if (kind === 'simple' || kind === '') return { kind: 'simple' };
  if (kind !== 'jwt') throw new ConfigError(`--auth-token: unknown token type: ${kind}`);
  const options = new Map<string, string>();
  for (const part of parts) {
    const at = part.indexOf('=');
    const name = at < 0 ? part : part.slice(0, at);
    if (at < 0 || !['sign-method', 'pub-key', 'priv-key', 'ttl'].includes(name) || options.has(name)) {
      const expected = 'sign-method=, pub-key=, priv-key= and ttl=, each once';
      throw new ConfigError(`--auth-token: auth: invalid auth options: expected ${expected}, got "${part}"`);
    }
    options.set(name, part.slice(at + 1));
  }
  const algorithm = jwtAlgorithms.find((known) => known === options.get('sign-method'));
  if (algorithm === undefined) {
    throw new ConfigError(
      `--auth-token: auth: unknown signature method: expected one of ${jwtAlgorithms.join(', ')}, got "${options.get('sign-method') ?? ''}"`,
    );
  }
  const publicKey = options.get('pub-key') ?? null;
  const privateKey = options.get('priv-key') ?? null;
  if (privateKey === null && (publicKey === null || algorithm.startsWith('HS'))) {
    throw new ConfigError(`--auth-token: auth: missing key data: ${algorithm} needs priv-key=FILE`);
  }
  return { kind: 'jwt', algorithm, publicKey, privateKey, ttlSeconds: ttlOf(options.get('ttl')) };
}

function ttlOf(text: string | undefined): number {
  if (text === undefined) return jwtTtlSeconds;
  const ms = parseDuration(text);
  if (ms === null || ms < 1000) {
    throw new ConfigError(`--auth-token: expected ttl=TIME of 1s or more such as 10m, got "${text}"`);
  }
  return Math.floor(ms / 1000);
}
