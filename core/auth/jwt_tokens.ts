import { emptyByteString, fromText, toText, type ByteString } from '../base/bytes.ts';
import { nsPerSecond } from '../limits.ts';
import { decodeBase64Url, encodeBase64Url } from './base64.ts';
import { answered, refusedWith, type AuthAnswer } from './errors.ts';
import type { AuthInfo, TokenGrant, TokenProvider } from './tokens.ts';

/** RFC 7518's names of what etcd's --auth-token takes as sign-method. */
export const jwtAlgorithms = [
  ...(['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512'] as const),
  ...(['PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'] as const),
] as const;
export type JwtAlgorithm = (typeof jwtAlgorithms)[number];

/** The cryptography, which the core has none of. */
export interface JwtSigner {
  readonly algorithm: JwtAlgorithm;
  /** The signature's bytes; null if this member has the public key alone. */
  readonly sign: ((input: ByteString) => ByteString) | null;
  verify(input: ByteString, signature: ByteString): boolean;
}

export interface JwtOptions {
  readonly signer: JwtSigner;
  readonly ttlSeconds?: number;
  /** Unix time in seconds when the member's clock showed 0: other programs judge `exp` by it. */
  readonly originUnixSeconds: number;
}

/** etcd's default of the option ttl. */
export const jwtTtlSeconds = 300;

interface Claims {
  readonly username: string;
  readonly revision: number;
  /** Unix time in seconds from which the token is void. */
  readonly exp: number;
}

/**
 * Tokens that any member can check by their signature (RFC 7519, compact serialisation). Nothing is kept, so none can be taken
 * back; instead they hold the auth store's revision, and any change to the store makes them stale.
 */
export class JwtTokens implements TokenProvider {
  readonly enabled = true;
  private readonly signer: JwtSigner;
  private readonly ttlSeconds: number;
  private readonly originUnixSeconds: number;

  constructor(options: JwtOptions) {
    this.signer = options.signer;
    this.ttlSeconds = options.ttlSeconds ?? jwtTtlSeconds;
    this.originUnixSeconds = options.originUnixSeconds;
  }

  enable(): void {
    // Nothing is kept.
  }

  disable(): void {
    // Nothing is kept.
  }

  newSimpleToken(): ByteString {
    return emptyByteString;
  }

  assign({ username, revision, nowNs }: TokenGrant): AuthAnswer<ByteString> {
    const { algorithm, sign } = this.signer;
    // JSON holds text. A name that is none would come back as another one.
    const name = toText(username);
    if (fromText(name) !== username) return refusedWith('invalidAuthToken');
    if (sign === null) return refusedWith('tokenVerifyOnly');
    const claims: Claims = { exp: this.unixSeconds(nowNs) + this.ttlSeconds, revision, username: name };
    const input = `${encodeJson({ alg: algorithm, typ: 'JWT' })}.${encodeJson(claims)}` as ByteString;
    return answered(`${input}.${encodeBase64Url(sign(input))}` as ByteString);
  }

  awaitedIndex(_token: ByteString): number {
    return 0;
  }

  info(token: ByteString, _revision: number, nowNs: number): AuthInfo | null {
    const parts = token.split('.') as ByteString[];
    const [header, payload, signature] = parts;
    if (parts.length !== 3 || header === undefined || payload === undefined || signature === undefined)
      return null;
    // The header must name the configured algorithm: a token must not choose how it is checked.
    if (decodeJson(header)?.['alg'] !== this.signer.algorithm) return null;
    const signed = decodeBase64Url(signature);
    if (signed === null || !this.signer.verify(`${header}.${payload}` as ByteString, signed)) return null;
    const claims = readClaims(decodeJson(payload));
    if (claims === null || this.unixSeconds(nowNs) >= claims.exp) return null;
    return { username: fromText(claims.username), revision: claims.revision };
  }

  invalidateUser(_username: ByteString): void {
    // The change that asks for it makes all tokens stale.
  }

  private unixSeconds(nowNs: number): number {
    return this.originUnixSeconds + Math.floor(nowNs / nsPerSecond);
  }
}

function encodeJson(value: object): ByteString {
  return encodeBase64Url(fromText(JSON.stringify(value)));
}

/** The object that a part of a token holds; null if it holds none. */
function decodeJson(part: ByteString): Readonly<Record<string, unknown>> | null {
  const bytes = decodeBase64Url(part);
  if (bytes === null) return null;
  const text = toText(bytes);
  if (fromText(text) !== bytes) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

function readClaims(claims: Readonly<Record<string, unknown>> | null): Claims | null {
  if (claims === null) return null;
  const { username, revision, exp } = claims as { username: unknown; revision: unknown; exp: unknown };
  if (typeof username !== 'string' || username.length === 0) return null;
  if (typeof revision !== 'number' || !Number.isSafeInteger(revision) || revision < 0) return null;
  if (typeof exp !== 'number') return null;
  return { username, revision, exp };
}
