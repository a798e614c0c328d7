import { type LoadMessage, type LoadRequest, buffersOf } from '../load/load_protocol.ts';
import { checkShape, holdsLines, unpack } from '../load/unpack.ts';
import { atOnce, columnsOf, trafficColumns, workColumns } from '../model/build_columns.ts';
import type { RunColumns } from '../model/run_model.ts';
import { columnsOfTrace } from '../model/trace_view.ts';
import { type DecodedColumns, decodeColumns } from './decode_columns.ts';

/** Reads trace files beside the page, so that the page can paint and answer meanwhile. */
const scope = self as unknown as DedicatedWorkerGlobalScope;

function post(message: LoadMessage, transfer: Transferable[] = []): void {
  scope.postMessage(message, transfer);
}

async function load({ bytes, part }: LoadRequest): Promise<void> {
  if (part !== 'work') post({ type: 'progress', words: 'unpacking' });
  const raw = await unpack(bytes);
  if (part !== 'work') post({ type: 'progress', words: 'reading' });
  const lines = holdsLines(raw);
  if (lines && part === 'work') return post({ type: 'columns', columns: {} });
  // Of two workers one verifies the digest.
  const decoded = (lines ? null : decodeColumns(raw, part !== 'traffic')) ?? (await slowly(raw));
  checkShape(decoded.info);
  if (part !== 'work') post({ type: 'progress', words: 'linking events' });
  const columns = build(decoded, lines ? 'all' : part);
  post({ type: 'columns', columns }, buffersOf(columns));
}

function build({ info, columns }: DecodedColumns, part: LoadRequest['part']): Partial<RunColumns> {
  if (part === 'all') return columnsOf(info, columns);
  return atOnce<Partial<RunColumns>>(
    part === 'work' ? workColumns(info, columns) : trafficColumns(info, columns),
  );
}

/** JSON lines, or a file that is not whole. */
async function slowly(raw: Uint8Array): Promise<DecodedColumns> {
  const { readSlowly } = await import('../load/read_slowly.ts');
  const { info, trace } = readSlowly(raw);
  return { info, columns: columnsOfTrace(trace) };
}

scope.addEventListener('message', ({ data }: MessageEvent<LoadRequest>) => {
  load(data).catch((error: unknown) => {
    post({ type: 'error', text: error instanceof Error ? error.message : String(error) });
  });
});
