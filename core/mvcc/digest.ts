import type { KeyValue, LeaseId } from './key_value.ts';
import { noLease } from './key_value.ts';

/**
 * A fingerprint of the live keys that is kept up to date in constant time per change: the sum, modulo 2^32 in two lanes, of
 * the hashes of every pair that exists now. A sum does not depend on the order, and a pair carries its revisions and version,
 * so two members at the same revision with different digests have different state. It can be built again from the keys
 * alone, whatever was compacted.
 */
export interface StateDigest {
  /** Unsigned 32-bit numbers. */
  low: number;
  high: number;
}

export function newStateDigest(): StateDigest {
  return { low: 0, high: 0 };
}

/** Two 32-bit hashes of one pair, as int32. */
export interface PairHash {
  readonly low: number;
  readonly high: number;
}

const seedLow = 0x811c9dc5;
const seedHigh = 0x9747b28c;

export function hashPair(kv: KeyValue): PairHash {
  const hash = { low: seedLow, high: seedHigh };
  addText(hash, kv.key);
  addNumber(hash, kv.create_revision);
  addNumber(hash, kv.mod_revision);
  addNumber(hash, kv.version);
  addText(hash, kv.value);
  if (kv.lease !== noLease) addLease(hash, kv.lease);
  return { low: finish(hash.low), high: finish(hash.high) };
}

function addLease(hash: { low: number; high: number }, lease: LeaseId): void {
  addWord(hash, Number(BigInt.asIntN(32, lease)));
  addWord(hash, Number(BigInt.asIntN(32, lease >> 32n)));
}

// FNV-1a's step with two different primes; the length goes in too, so that text can't run over into its neighbour.
function addText(hash: { low: number; high: number }, text: string): void {
  let { low, high } = hash;
  for (let i = 0; i < text.length; i++) {
    const byte = text.charCodeAt(i);
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high ^ byte, 0x5bd1e995);
    high ^= high >>> 15;
  }
  hash.low = low;
  hash.high = high;
  addNumber(hash, text.length);
}

const twoTo32 = 0x1_0000_0000;

function addNumber(hash: { low: number; high: number }, value: number): void {
  addWord(hash, value | 0);
  addWord(hash, value < twoTo32 ? 0 : Math.floor(value / twoTo32));
}

function addWord(hash: { low: number; high: number }, word: number): void {
  const low = Math.imul(hash.low ^ word, 0x01000193);
  const high = Math.imul(hash.high ^ word, 0x5bd1e995);
  hash.low = low ^ (low >>> 13);
  hash.high = high ^ (high >>> 15);
}

// Spreads the last bytes over all bits before hashes are added up.
function finish(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** The hash is two 32-bit numbers, of any sign. */
export function addPair(digest: StateDigest, low: number, high: number): void {
  digest.low = (digest.low + low) >>> 0;
  digest.high = (digest.high + high) >>> 0;
}

export function removePair(digest: StateDigest, low: number, high: number): void {
  digest.low = (digest.low - low) >>> 0;
  digest.high = (digest.high - high) >>> 0;
}

/** Both lanes in one safe integer: all of the low one and 21 bits of the high one. */
export function digestNumber(digest: StateDigest): number {
  return (digest.high >>> 11) * twoTo32 + digest.low;
}
