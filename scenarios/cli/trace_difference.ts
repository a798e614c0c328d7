import type { RunFile } from '../../sim/trace/codec.ts';
import { firstDifference } from '../../sim/trace/compare.ts';
import { describeEvent } from '../../sim/trace/describe.ts';
import { arityOfKind } from '../../sim/trace/kinds.ts';
import type { Trace } from '../../sim/trace/trace.ts';

/**
 * Index of the first event in which two runs differ; the shorter one's length if it is the beginning of the other; null if they are
 * the same. Rows are compared by binary search over their digests; a text that two runs keep under the same number counts, too.
 */
export function firstDifferentEvent(a: RunFile, b: RunFile): number | null {
  const byRows = firstDifference(a.trace, b.trace);
  const byTexts = firstTextUse(a, b, firstDifferentText(a.trace.strings, b.trace.strings), byRows);
  if (byTexts !== null) return byTexts;
  return byRows === a.trace.length && byRows === b.trace.length ? null : byRows;
}

/** Number of the first text that differs, of those that both have. */
function firstDifferentText(a: readonly string[], b: readonly string[]): number {
  const end = Math.min(a.length, b.length);
  for (let number = 0; number < end; number++) if (a[number] !== b[number]) return number;
  return end;
}

/**
 * The first event before `end` whose words differ. Texts get their numbers in the order of their first use, so before the first
 * different text there is nothing to find.
 */
function firstTextUse(a: RunFile, b: RunFile, text: number, end: number): number | null {
  if (text >= Math.min(a.trace.strings.length, b.trace.strings.length)) return null;
  for (let event = 0; event < end; event++) {
    if (uses(a.trace, event, text) && describeEvent(a, event) !== describeEvent(b, event)) return event;
  }
  return null;
}

function uses(trace: Trace, event: number, text: number): boolean {
  const arity = arityOfKind[trace.kinds[event] as number] as number;
  for (let position = 0; position < arity; position++) if (trace.arg(event, position) >= text) return true;
  return false;
}
