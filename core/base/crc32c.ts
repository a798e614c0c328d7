/** CRC-32C (Castagnoli, reflected polynomial 0x82f63b78), as etcd's WAL and snapshots use it. */
const table = buildTable();

// Slicing-by-4: four tables, one 32-bit word per turn.
function buildTable(): Uint32Array {
  const built = new Uint32Array(4 * 256);
  for (let i = 0; i < 256; i++) {
    let value = i;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
    built[i] = value;
  }
  for (let i = 0; i < 256; i++) {
    for (let slice = 1; slice < 4; slice++) {
      const before = built[(slice - 1) * 256 + i] as number;
      built[slice * 256 + i] = (before >>> 8) ^ (built[before & 255] as number);
    }
  }
  return built;
}

/** Continues `crc` (0 to start) over bytes[start, end). Returns an unsigned 32-bit number. */
export function crc32c(crc: number, bytes: Uint8Array, start = 0, end = bytes.length): number {
  let value = ~crc;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    value ^=
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    value =
      (table[768 + (value & 255)] as number) ^
      (table[512 + ((value >>> 8) & 255)] as number) ^
      (table[256 + ((value >>> 16) & 255)] as number) ^
      (table[value >>> 24] as number);
  }
  for (; at < end; at++) value = (value >>> 8) ^ (table[(value ^ (bytes[at] as number)) & 255] as number);
  return ~value >>> 0;
}

/**
 * What appending zero bits does to a checksum is linear, so one step over 2^k zero bytes is a matrix. It is kept as where each of the
 * 16 values of each of a word's eight nibbles goes: entry 16 n + v for value v of nibble n.
 */
const zeroSteps: Uint32Array[] = [];
const nibbles = 8;

function zeroStep(power: number): Uint32Array {
  const known = zeroSteps[power];
  if (known !== undefined) return known;
  const half = power === 0 ? null : zeroStep(power - 1);
  const step = new Uint32Array(16 * nibbles);
  for (let nibble = 0; nibble < nibbles; nibble++) {
    for (let value = 0; value < 16; value++) {
      const word = (value << (4 * nibble)) >>> 0;
      step[16 * nibble + value] =
        half === null
          ? (word >>> 8) ^ (table[word & 255] as number)
          : multiplied(half, multiplied(half, word));
    }
  }
  zeroSteps[power] = step;
  return step;
}

function multiplied(step: Uint32Array, word: number): number {
  let sum = 0;
  let rest = word;
  for (let at = 0; rest !== 0; at += 16, rest >>>= 4) sum ^= step[at + (rest & 15)] as number;
  return sum >>> 0;
}

/** Continues `crc` over `count` zero bytes: as `crc32c` does, in as many steps as the count has bits. */
export function crc32cOfZeros(crc: number, count: number): number {
  let value = ~crc >>> 0;
  let rest = count;
  for (let power = 0; rest > 0; power++, rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) value = multiplied(zeroStep(power), value);
  }
  return ~value >>> 0;
}
