/** The offset basis 0xcbf29ce484222325 and the prime 2^40 + 0x1b3 in 32-bit halves. */
const basisHigh = 0xcbf29ce4;
const basisLow = 0x84222325;
const primeLow = 0x1b3;
const primeHighShift = 8;
const twoTo32 = 0x1_0000_0000;

/**
 * FNV-1a with 64 bits over bytes[start, end): the checksum of bbolt's meta pages. In two halves, because a BigInt per byte took a
 * tenth of a commit.
 */
export function fnv1a64(bytes: Uint8Array, start: number, end: number): bigint {
  let high = basisHigh;
  let low = basisLow;
  for (let at = start; at < end; at++) {
    low = (low ^ (bytes[at] as number)) >>> 0;
    // Below 2^41, so exact; what is above 2^32 is carried.
    const product = low * primeLow;
    high = (Math.imul(high, primeLow) + (low << primeHighShift) + Math.floor(product / twoTo32)) >>> 0;
    low = product >>> 0;
  }
  return (BigInt(high) << 32n) | BigInt(low);
}
