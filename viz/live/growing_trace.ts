import { arityOfKind } from '../../sim/trace/kinds.ts';
import type { TraceColumns } from '../model/trace_view.ts';
import type { TraceSlice } from '../worker_protocol.ts';

type Column = Float64Array | Uint8Array | Uint16Array | Int32Array | Uint32Array;

/** A trace that comes in slices. Rows are only appended, so columns that were given out stay as they are. */
export class GrowingTrace {
  length = 0;
  private timesNs: Float64Array = new Float64Array(4096);
  private kinds: Uint8Array = new Uint8Array(4096);
  private lanes: Uint16Array = new Uint16Array(4096);
  private causes: Int32Array = new Int32Array(4096);
  private argumentStarts: Uint32Array = new Uint32Array(4096);
  private argumentsFlat: Float64Array = new Float64Array(16384);
  private argumentsLength = 0;
  private textBytes: Uint8Array = new Uint8Array(16384);
  private textEnds: Uint32Array = new Uint32Array(1024);
  private texts = 0;

  append(slice: TraceSlice): void {
    const from = this.length;
    const to = from + slice.kinds.length;
    this.timesNs = filled(this.timesNs, from, slice.timesNs);
    this.kinds = filled(this.kinds, from, slice.kinds);
    this.lanes = filled(this.lanes, from, slice.lanes);
    this.causes = filled(this.causes, from, slice.causes);
    this.argumentStarts = grown(this.argumentStarts, to);
    let start = this.argumentsLength;
    for (let i = from; i < to; i++) {
      this.argumentStarts[i] = start;
      start += arityOfKind[this.kinds[i] as number] as number;
    }
    this.argumentsFlat = filled(this.argumentsFlat, this.argumentsLength, slice.argumentsFlat);
    this.argumentsLength += slice.argumentsFlat.length;
    this.length = to;
    this.appendTexts(slice);
  }

  private appendTexts({ textBytes, textEnds }: TraceSlice): void {
    const start = this.texts === 0 ? 0 : (this.textEnds[this.texts - 1] as number);
    this.textBytes = filled(this.textBytes, start, textBytes);
    this.textEnds = filled(
      this.textEnds,
      this.texts,
      textEnds.map((end) => start + end),
    );
    this.texts += textEnds.length;
  }

  /** What there is now. */
  columns(): TraceColumns {
    const { length, texts } = this;
    const textLength = texts === 0 ? 0 : (this.textEnds[texts - 1] as number);
    return {
      timesNs: this.timesNs.subarray(0, length),
      kinds: this.kinds.subarray(0, length),
      lanes: this.lanes.subarray(0, length),
      causes: this.causes.subarray(0, length),
      argumentStarts: this.argumentStarts.subarray(0, length),
      argumentsFlat: this.argumentsFlat.subarray(0, this.argumentsLength),
      textEnds: this.textEnds.subarray(0, texts),
      textBytes: this.textBytes.subarray(0, textLength),
    };
  }
}

function grown<Kind extends Column>(column: Kind, length: number): Kind {
  if (length <= column.length) return column;
  const Made = column.constructor as new (length: number) => Kind;
  const wider = new Made(Math.max(length, 2 * column.length));
  wider.set(column);
  return wider;
}

function filled<Kind extends Column>(column: Kind, at: number, more: Kind): Kind {
  const wide = grown(column, at + more.length);
  wide.set(more, at);
  return wide;
}
