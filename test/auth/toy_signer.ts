import type { JwtAlgorithm, JwtSigner } from '../../core/auth/index.ts';
import { fromText, type ByteString } from '../../core/base/bytes.ts';

/** Signs with a checksum of key and input: enough to tell keys and inputs apart in a test. */
export function toySigner(key: string, algorithm: JwtAlgorithm = 'HS256'): JwtSigner {
  const sign = (input: ByteString): ByteString => {
    let sum = 7;
    for (const character of key + input) sum = (sum * 31 + character.charCodeAt(0)) % 1_000_000_007;
    return fromText(`${key}:${sum}`);
  };
  return { algorithm, sign, verify: (input, signature) => signature === sign(input) };
}
