import type { RunInfo } from '../../sim/trace/run_info.ts';

/** The bytes of a trace file without their gzip wrapping, if they have one. Throws an Error whose message is for people. */
export async function unpack(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    throw new Error('expected a gzip stream, found one that is cut short or damaged');
  }
}

/** Whether a file is one of JSON lines: a JSON object begins it. The reader of such files is fetched only for one. */
export function holdsLines(raw: Uint8Array): boolean {
  return raw[0] === 0x7b;
}

/** The parts of the run info that the page can't do without; the format's reader checks only that it is JSON. */
export function checkShape(info: RunInfo): void {
  const parts: readonly (readonly [string, unknown])[] = [
    ['lanes', info.lanes],
    ['interventions', info.interventions],
    ['linearizations', info.linearizations],
    ['verdict.violations', info.verdict?.violations],
    ['verdict.checks', info.verdict?.checks],
    ['sometimes', info.sometimes],
  ];
  for (const [name, value] of parts) {
    if (!Array.isArray(value)) throw new Error(`expected a list "${name}" in the run info, found none`);
  }
}
