/**
 * A trace for readers. The simulator's `Trace` is one; the page's own holds exactly as much as the file does, in arrays that can
 * be handed from a worker to the page without copying.
 */
export interface TraceView {
  readonly length: number;
  readonly timesNs: Float64Array;
  readonly kinds: Uint8Array;
  readonly lanes: Uint16Array;
  /** Index of the event that caused this one, -1 for none. */
  readonly causes: Int32Array;
  /** Argument `position` of an event, in the order its kind declares. */
  arg(index: number, position: number): number;
  /** The text an argument refers to, '' for none. */
  text(index: number, position: number): string;
}

export interface TraceColumns {
  readonly timesNs: Float64Array;
  readonly kinds: Uint8Array;
  readonly lanes: Uint16Array;
  readonly causes: Int32Array;
  readonly argumentStarts: Uint32Array;
  readonly argumentsFlat: Float64Array;
  /** Where each text ends in `textBytes`: UTF-8, one after the other. A string is made only of what is shown. */
  readonly textEnds: Uint32Array;
  readonly textBytes: Uint8Array;
}

const utf8 = new TextDecoder();

export class ColumnTrace implements TraceView {
  readonly length: number;
  readonly timesNs: Float64Array;
  readonly kinds: Uint8Array;
  readonly lanes: Uint16Array;
  readonly causes: Int32Array;
  readonly columns: TraceColumns;
  private readonly starts: Uint32Array;
  private readonly flat: Float64Array;

  constructor(columns: TraceColumns) {
    this.columns = columns;
    this.length = columns.kinds.length;
    this.timesNs = columns.timesNs;
    this.kinds = columns.kinds;
    this.lanes = columns.lanes;
    this.causes = columns.causes;
    this.starts = columns.argumentStarts;
    this.flat = columns.argumentsFlat;
  }

  arg(index: number, position: number): number {
    return this.flat[(this.starts[index] as number) + position] as number;
  }

  text(index: number, position: number): string {
    return this.textOf(this.arg(index, position));
  }

  get textCount(): number {
    return this.columns.textEnds.length;
  }

  /** Text `id` of the table of texts, '' for none. */
  textOf(id: number): string {
    const { textEnds, textBytes } = this.columns;
    const end = textEnds[id];
    if (end === undefined) return '';
    return utf8.decode(textBytes.subarray(id === 0 ? 0 : (textEnds[id - 1] as number), end));
  }
}

/** As much of the simulator's trace as is read here. */
export interface RecordedTrace extends TraceView {
  readonly argumentStarts: Uint32Array;
  readonly argumentsFlat: Float64Array;
  readonly argumentsLength: number;
  readonly strings: readonly string[];
}

/** A copy of the simulator's trace, without its spare room. */
export function columnsOfTrace(trace: RecordedTrace): TraceColumns {
  const { length, strings } = trace;
  const encoder = new TextEncoder();
  const texts = strings.map((text) => encoder.encode(text));
  const textEnds = new Uint32Array(texts.length);
  let end = 0;
  texts.forEach((bytes, id) => {
    end += bytes.length;
    textEnds[id] = end;
  });
  const textBytes = new Uint8Array(end);
  texts.forEach((bytes, id) => textBytes.set(bytes, (textEnds[id] as number) - bytes.length));
  return {
    timesNs: trace.timesNs.slice(0, length),
    kinds: trace.kinds.slice(0, length),
    lanes: trace.lanes.slice(0, length),
    causes: trace.causes.slice(0, length),
    argumentStarts: trace.argumentStarts.slice(0, length),
    argumentsFlat: trace.argumentsFlat.slice(0, trace.argumentsLength),
    textEnds,
    textBytes,
  };
}
