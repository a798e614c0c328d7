import { buildColumns } from '../model/build_columns.ts';
import type { RunColumns } from '../model/run_model.ts';
import { columnsOfTrace } from '../model/trace_view.ts';
import { turn } from '../scale/turn.ts';
import type { Progress } from './read_run_file.ts';
import { readSlowly } from './read_slowly.ts';
import { checkShape, unpack } from './unpack.ts';

/** Reads a trace file where no worker can be started, in pieces, so that the page can paint between them. */
export async function readOnPage(bytes: Uint8Array, progress: Progress): Promise<RunColumns> {
  progress('reading');
  await turn();
  const raw = await unpack(bytes);
  const { info, trace } = readSlowly(raw);
  checkShape(info);
  progress('linking events');
  const steps = buildColumns(info, columnsOfTrace(trace));
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await turn();
  }
}
