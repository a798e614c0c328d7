import type { RunInfo } from './run_info.ts';

/** A run as its encoders need it: the simulator's file, or the arrays that the page keeps. */
export interface RecordedRun {
  readonly info: RunInfo;
  readonly trace: RecordedEvents;
}

export interface RecordedEvents {
  readonly length: number;
  readonly timesNs: Float64Array;
  readonly kinds: Uint8Array;
  readonly lanes: Uint16Array;
  readonly causes: Int32Array;
  arg(index: number, position: number): number;
  text(index: number, position: number): string;
  /** Text `id` of the table of texts, '' for none; and how many there are. */
  textOf(id: number): string;
  readonly textCount: number;
}
