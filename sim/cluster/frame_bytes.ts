/** How much room a value takes on the wire, roughly as protobuf would: texts and bytes as they are, a few bytes for each field. */
export function frameBytes(value: unknown): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return 2 + value.length;
  if (typeof value === 'number' || typeof value === 'bigint') return 5;
  if (typeof value === 'boolean') return 2;
  if (typeof value !== 'object' || value === null) return 0;
  let bytes = 2;
  for (const part of Array.isArray(value) ? value : Object.values(value)) bytes += frameBytes(part);
  return bytes;
}
