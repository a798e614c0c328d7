/** Reads a stream of frames: yields how many bytes it wants next, and is given exactly those. */
export type FrameReader = Generator<number, void, Uint8Array>;

const nothing = new Uint8Array(0);

/** The same bytes as the core takes them: a Buffer's `slice` is no copy. */
export function plainBytes({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}

/** Gives a frame reader the bytes that it wants, however they arrive. */
export class ByteFeed {
  private readonly reader: FrameReader;
  private wanted = 0;
  private ended = false;
  private head: Uint8Array = nothing;
  private rest: Uint8Array[] = [];
  private held = 0;

  constructor(reader: FrameReader) {
    this.reader = reader;
    this.want(reader.next());
  }

  private want({ done, value }: IteratorResult<number, void>): void {
    if (done === true) this.ended = true;
    else this.wanted = value as number;
  }

  /** Throws what the reader throws. */
  push(chunk: Uint8Array): void {
    this.rest.push(plainBytes(chunk));
    this.held += chunk.length;
    while (!this.ended && this.held >= this.wanted) this.want(this.reader.next(this.take(this.wanted)));
  }

  /** What came and was not asked for. */
  takeRest(): Uint8Array {
    return this.take(this.held);
  }

  private take(count: number): Uint8Array {
    if (this.head.length < count) {
      this.head =
        this.head.length === 0 && this.rest.length === 1 ? (this.rest[0] as Uint8Array) : this.join();
      this.rest = [];
    }
    const taken = this.head.subarray(0, count);
    this.head = this.head.subarray(count);
    this.held -= count;
    return taken;
  }

  private join(): Uint8Array {
    return plainBytes(Buffer.concat([this.head, ...this.rest]));
  }
}

/** The reader of one big-endian 64-bit length, which must not exceed the limit. Throws RangeError. */
export function* readLength(limit: number): Generator<number, number, Uint8Array> {
  const bytes = yield 8;
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0));
  if (length > limit) throw new RangeError(`a frame of ${length} bytes, expected at most ${limit}`);
  return length;
}
