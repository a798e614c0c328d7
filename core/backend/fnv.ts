const offsetBasis = 0xcbf29ce484222325n;
const prime = 0x100000001b3n;

/** FNV-1a with 64 bits over bytes[start, end): the checksum of bbolt's meta pages. Once a commit, so BigInt is fast enough. */
export function fnv1a64(bytes: Uint8Array, start: number, end: number): bigint {
  let hash = offsetBasis;
  for (let at = start; at < end; at++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(bytes[at] as number)) * prime);
  }
  return hash;
}
