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
