import { Digest } from './digest.ts';
import { Kind, arityOfKind } from './kinds.ts';

const initialEvents = 4096;
const initialArguments = 16384;
/** Every so many events the digest's state is kept, so that the digest at any event costs at most this many folds. */
export const digestStride = 1024;

/**
 * The record of a run: one row per event in typed columns, arguments in one flat column (as many per event as its kind
 * declares), texts in a string table. Rows are only ever appended.
 */
export class Trace {
  length = 0;
  timesNs = new Float64Array(initialEvents);
  kinds = new Uint8Array(initialEvents);
  lanes = new Uint16Array(initialEvents);
  /** Index of the event that caused this one, -1 for none. */
  causes = new Int32Array(initialEvents);
  argumentStarts = new Uint32Array(initialEvents);
  argumentsFlat = new Float64Array(initialArguments);
  argumentsLength = 0;
  readonly strings: string[] = [];

  /** Virtual time of the events that follow. Set by the scheduler. */
  nowNs = 0;

  private readonly stringIds = new Map<string, number>();
  private readonly rows = new Digest();
  private readonly texts = new Digest();
  private readonly rowStates: number[] = [];

  /** Appends an event; arguments beyond the kind's arity are ignored. Returns its index. */
  add(kind: number, lane: number, cause: number, a0 = 0, a1 = 0, a2 = 0, a3 = 0): number {
    const index = this.begin(kind, lane, cause);
    const arity = arityOfKind[kind] as number;
    if (arity > 0) this.argument(a0);
    if (arity > 1) this.argument(a1);
    if (arity > 2) this.argument(a2);
    if (arity > 3) this.argument(a3);
    return index;
  }

  /** Starts an event whose arguments follow by exactly as many calls of `argument` as its kind declares. */
  begin(kind: number, lane: number, cause: number): number {
    const index = this.length;
    if (index === this.kinds.length) this.growEvents();
    if (index % digestStride === 0) this.rowStates.push(...this.rows.save());
    const arity = arityOfKind[kind] as number;
    if (this.argumentsLength + arity > this.argumentsFlat.length) this.growArguments();
    this.timesNs[index] = this.nowNs;
    this.kinds[index] = kind;
    this.lanes[index] = lane;
    this.causes[index] = cause;
    this.argumentStarts[index] = this.argumentsLength;
    this.length = index + 1;
    this.rows.fold(kind | (lane << 8));
    this.rows.foldInteger(this.nowNs);
    this.rows.fold(cause);
    return index;
  }

  argument(value: number): void {
    this.argumentsFlat[this.argumentsLength++] = value;
    this.rows.foldInteger(value);
  }

  /** Id of a text in the string table; equal texts share one. */
  string(text: string): number {
    const known = this.stringIds.get(text);
    if (known !== undefined) return known;
    const id = this.strings.length;
    this.strings.push(text);
    this.stringIds.set(text, id);
    this.texts.foldText(text);
    return id;
  }

  /** Argument `position` of an event, in the order its kind declares. */
  arg(index: number, position: number): number {
    return this.argumentsFlat[(this.argumentStarts[index] as number) + position] as number;
  }

  /** Text `id` of the table of texts, '' for none. */
  textOf(id: number): string {
    return this.strings[id] ?? '';
  }

  get textCount(): number {
    return this.strings.length;
  }

  /** The text an argument refers to, '' for none. */
  text(index: number, position: number): string {
    return this.strings[this.arg(index, position)] ?? '';
  }

  /** Digest over all events and texts so far, 16 hex digits. */
  get digestText(): string {
    const whole = new Digest();
    for (const part of [this.rows, this.texts]) {
      whole.fold(part.high);
      whole.fold(part.low);
    }
    return whole.text;
  }

  /** Digest over the rows before `length` (texts count by their ids), for comparing two traces by binary search. */
  digestBefore(length: number): string {
    if (length === this.length) return this.rows.text;
    const rows = new Digest();
    const block = Math.floor(length / digestStride);
    const start = block * digestStride;
    rows.restore(this.rowStates[2 * block] ?? 0, this.rowStates[2 * block + 1] ?? 0);
    for (let i = start; i < length; i++) this.foldRow(rows, i);
    return rows.text;
  }

  private foldRow(into: Digest, index: number): void {
    const kind = this.kinds[index] as number;
    into.fold(kind | ((this.lanes[index] as number) << 8));
    into.foldInteger(this.timesNs[index] as number);
    into.fold(this.causes[index] as number);
    for (let i = 0; i < (arityOfKind[kind] as number); i++) into.foldInteger(this.arg(index, i));
  }

  private growEvents(): void {
    const capacity = this.kinds.length * 2;
    this.timesNs = grown(this.timesNs, new Float64Array(capacity));
    this.kinds = grown(this.kinds, new Uint8Array(capacity));
    this.lanes = grown(this.lanes, new Uint16Array(capacity));
    this.causes = grown(this.causes, new Int32Array(capacity));
    this.argumentStarts = grown(this.argumentStarts, new Uint32Array(capacity));
  }

  private growArguments(): void {
    this.argumentsFlat = grown(this.argumentsFlat, new Float64Array(this.argumentsFlat.length * 2));
  }
}

function grown<Column extends { set(from: Column): void }>(from: Column, into: Column): Column {
  into.set(from);
  return into;
}

/** For readers that walk one kind: the indexes of its events, ascending. */
export function eventsOfKind(trace: Trace, kind: keyof typeof Kind): number[] {
  const found: number[] = [];
  const wanted = Kind[kind];
  for (let i = 0; i < trace.length; i++) if (trace.kinds[i] === wanted) found.push(i);
  return found;
}
