import { type RunFile, decodeRunFile } from '../../sim/trace/codec.ts';
import { looksLikeLines } from '../../sim/trace/json_lines_reader.ts';
import { type LoadMessage, buffersOf } from '../load/load_protocol.ts';
import { readLines } from '../load/read_lines.ts';
import { checkShape, unpack } from '../load/unpack.ts';
import { columnsOf } from '../model/run_model.ts';
import { columnsOfTrace } from '../model/trace_view.ts';
import { decodeColumns } from './decode_columns.ts';

/** Reads trace files beside the page, so that the page can paint and answer meanwhile. */
const scope = self as unknown as DedicatedWorkerGlobalScope;

function post(message: LoadMessage, transfer: Transferable[] = []): void {
  scope.postMessage(message, transfer);
}

async function load(bytes: Uint8Array): Promise<void> {
  post({ type: 'progress', words: 'unpacking' });
  const raw = await unpack(bytes);
  post({ type: 'progress', words: 'reading' });
  const lines = looksLikeLines(raw);
  const { info, columns } = (lines ? null : decodeColumns(raw)) ?? columnsOfFile(slowly(raw, lines));
  checkShape(info);
  post({ type: 'progress', words: 'linking events' });
  const model = columnsOf(info, columns);
  post({ type: 'columns', columns: model }, buffersOf(model));
}

/** JSON lines, or a file that is not whole: the format's reader says what is wrong with it. */
function slowly(raw: Uint8Array, lines: boolean): RunFile {
  return lines ? readLines(raw) : decodeRunFile(raw);
}

function columnsOfFile({ info, trace }: RunFile): ReturnType<typeof decodeColumns> & object {
  return { info, columns: columnsOfTrace(trace) };
}

scope.addEventListener('message', ({ data }: MessageEvent<Uint8Array>) => {
  load(data).catch((error: unknown) => {
    post({ type: 'error', text: error instanceof Error ? error.message : String(error) });
  });
});
