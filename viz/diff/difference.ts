import { arityOfKind, kindSchemas } from '../../sim/trace/kinds.ts';
import type { Lane } from '../../sim/trace/run_info.ts';
import type { ColumnTrace } from '../model/trace_view.ts';

const textNames = new Set(['text', 'file', 'toFile']);
/** By kind and position: whether the argument is the number of a text, which says nothing in another trace. */
const isText = kindSchemas.map((kind) => kind.args.map((name: string) => textNames.has(name)));

/** Whether two events say the same: kind, lane, moment and arguments, texts by what they say. */
function sameEvent(a: ColumnTrace, i: number, b: ColumnTrace, j: number): boolean {
  const kind = a.kinds[i] as number;
  if (kind !== b.kinds[j] || a.lanes[i] !== b.lanes[j] || a.timesNs[i] !== b.timesNs[j]) return false;
  for (let position = 0; position < (arityOfKind[kind] as number); position++) {
    const same =
      isText[kind]?.[position] === true
        ? a.text(i, position) === b.text(j, position)
        : a.arg(i, position) === b.arg(j, position);
    if (!same) return false;
  }
  return true;
}

/** Index of the first event in which two runs differ; the shorter one's length if that is all of it. */
export function firstDifference(a: ColumnTrace, b: ColumnTrace): number {
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i++) if (a.causes[i] !== b.causes[i] || !sameEvent(a, i, b, i)) return i;
  return end;
}

/** Where one lane's events begin to differ; -1 for an event that its run has not. */
export interface LaneDifference {
  readonly lane: Lane;
  readonly a: number;
  readonly b: number;
}

/** Lanes of the first run whose events are not those of the same lane in the second, in the order of the lanes. */
export function laneDifferences(
  a: ColumnTrace,
  b: ColumnTrace,
  lanes: readonly Lane[],
): readonly LaneDifference[] {
  const found: LaneDifference[] = [];
  for (const lane of lanes) {
    let i = nextOn(a, lane.id, 0);
    let j = nextOn(b, lane.id, 0);
    while (i >= 0 && j >= 0 && sameEvent(a, i, b, j)) {
      i = nextOn(a, lane.id, i + 1);
      j = nextOn(b, lane.id, j + 1);
    }
    if (i >= 0 || j >= 0) found.push({ lane, a: i, b: j });
  }
  return found;
}

function nextOn(trace: ColumnTrace, lane: number, from: number): number {
  for (let i = from; i < trace.length; i++) if (trace.lanes[i] === lane) return i;
  return -1;
}
