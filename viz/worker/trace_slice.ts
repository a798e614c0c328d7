import type { Trace } from '../../sim/trace/trace.ts';
import type { TraceSlice } from '../worker_protocol.ts';

const utf8 = new TextEncoder();

/** Cuts what a growing trace has had since the last cut. */
export class SliceCutter {
  private events = 0;
  private argumentsSent = 0;
  private texts = 0;
  private readonly trace: Trace;

  constructor(trace: Trace) {
    this.trace = trace;
  }

  next(): TraceSlice {
    const { trace, events, argumentsSent } = this;
    const texts = trace.strings.slice(this.texts).map((text) => utf8.encode(text));
    const textEnds = new Uint32Array(texts.length);
    let end = 0;
    for (const [id, bytes] of texts.entries()) {
      end += bytes.length;
      textEnds[id] = end;
    }
    const textBytes = new Uint8Array(end);
    for (const [id, bytes] of texts.entries()) textBytes.set(bytes, (textEnds[id] as number) - bytes.length);
    this.events = trace.length;
    this.argumentsSent = trace.argumentsLength;
    this.texts = trace.strings.length;
    return {
      timesNs: trace.timesNs.slice(events, trace.length),
      kinds: trace.kinds.slice(events, trace.length),
      lanes: trace.lanes.slice(events, trace.length),
      causes: trace.causes.slice(events, trace.length),
      argumentsFlat: trace.argumentsFlat.slice(argumentsSent, trace.argumentsLength),
      textBytes,
      textEnds,
    };
  }
}
