import {
  type KeyObject,
  constants,
  createHmac,
  createPrivateKey,
  createPublicKey,
  sign as signWith,
  timingSafeEqual,
  verify as verifyWith,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { JwtAlgorithm, JwtSigner } from '../../auth/index.ts';
import { type ByteString, fromBytes, toBytes } from '../../base/bytes.ts';
import type { AuthTokenOptions } from '../config/auth_token.ts';
import { ConfigError } from '../config/config_error.ts';

type JwtFiles = Pick<Extract<AuthTokenOptions, { kind: 'jwt' }>, 'algorithm' | 'publicKey' | 'privateKey'>;

/** Signatures after RFC 7518 with the keys of --auth-token. Throws ConfigError if a file holds no such key. */
export function jwtSigner({ algorithm, publicKey, privateKey }: JwtFiles): JwtSigner {
  if (algorithm.startsWith('HS')) return sharedSecret(algorithm, readKeyFile(privateKey ?? ''));
  const secret = privateKey === null ? null : keyOf(privateKey, algorithm, createPrivateKey);
  const open = publicKey === null ? null : keyOf(publicKey, algorithm, createPublicKey);
  return keyPair(algorithm, secret, open ?? createPublicKey(secret as KeyObject));
}

function readKeyFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ConfigError(`--auth-token: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function keyOf(path: string, algorithm: JwtAlgorithm, read: (pem: Buffer) => KeyObject): KeyObject {
  const wanted = algorithm.startsWith('ES') ? 'ec' : 'rsa';
  const pem = readKeyFile(path);
  let key: KeyObject;
  try {
    key = read(pem);
  } catch {
    throw new ConfigError(`--auth-token: ${path}: expected a key in PEM`);
  }
  if (key.asymmetricKeyType === wanted) return key;
  const found = key.asymmetricKeyType ?? 'unknown';
  throw new ConfigError(`--auth-token: ${path}: ${algorithm} needs a key of type ${wanted}, found ${found}`);
}

function hashOf(algorithm: JwtAlgorithm): string {
  return `sha${algorithm.slice(2)}`;
}

function sharedSecret(algorithm: JwtAlgorithm, secret: Buffer): JwtSigner {
  const sign = (input: ByteString): Buffer =>
    createHmac(hashOf(algorithm), secret).update(toBytes(input)).digest();
  return {
    algorithm,
    sign: (input) => fromBytes(sign(input)),
    verify(input, signature) {
      const expected = sign(input);
      const given = toBytes(signature);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}

function keyPair(algorithm: JwtAlgorithm, secret: KeyObject | null, open: KeyObject): JwtSigner {
  const hash = hashOf(algorithm);
  const form = algorithm.startsWith('PS')
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : algorithm.startsWith('ES')
      ? ({ dsaEncoding: 'ieee-p1363' } as const)
      : {};
  return {
    algorithm,
    sign:
      secret === null ? null : (input) => fromBytes(signWith(hash, toBytes(input), { key: secret, ...form })),
    verify: (input, signature) =>
      verifyWith(hash, toBytes(input), { key: open, ...form }, toBytes(signature)),
  };
}
