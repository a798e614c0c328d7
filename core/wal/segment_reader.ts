import { crc32c } from '../base/crc32c.ts';
import { frameLength, lengthFieldBytes, paddingOf, parseRecord, RecordType } from './record.ts';
import type { WalErrorKind } from './wal_error.ts';

/** What stopped a reader before the end of the log. */
export interface Damage {
  readonly kind: Extract<WalErrorKind, 'badFrame' | 'torn' | 'badRecord' | 'crcMismatch'>;
  readonly expected: string;
  readonly found: string;
}

/**
 * Walks the frames of one segment. `next()` moves to the next record and leaves it in the fields; false at the end of the log or
 * at damage, with `offset` at the frame that could not be read.
 */
export class SegmentReader {
  readonly bytes: Uint8Array;
  /** Start of the frame that `next` reads next. */
  offset = 0;
  /** Start of the frame that was read last. */
  frameStart = 0;
  /** Checksum of the chain up to the record that was read last. */
  crc: number;
  damage: Damage | null = null;
  type: RecordType = RecordType.crc;
  hasData = false;
  data: Uint8Array;

  constructor(bytes: Uint8Array, crc: number) {
    this.bytes = bytes;
    this.crc = crc;
    this.data = bytes.subarray(0, 0);
  }

  next(): boolean {
    const { bytes, offset } = this;
    const left = bytes.length - offset;
    if (left === 0) return false;
    if (left < lengthFieldBytes)
      return this.stop('torn', `a frame of ${lengthFieldBytes} bytes or more`, left);
    const length = frameLength(bytes, offset);
    if (length === 0) return false;
    if (length < 0) return this.stop('badFrame', 'a length and its padding', hex(bytes, offset));
    const start = offset + lengthFieldBytes;
    const end = start + length + paddingOf(length);
    if (end > bytes.length) return this.stop('torn', `${end - offset} bytes`, left);
    const record = parseRecord(bytes, start, start + length);
    if (record?.dataEnd !== start + length) {
      return this.stop('badRecord', `a record of ${length} bytes`, hex(bytes, start));
    }
    const { type, dataStart, dataEnd } = record;
    // A crc record reseeds the chain; whether it may do so is for the reader of the log to say.
    const crc = type === RecordType.crc ? record.crc : crc32c(this.crc, bytes, dataStart, dataEnd);
    if (crc !== record.crc) return this.stop('crcMismatch', crcText(crc), crcText(record.crc));
    this.crc = crc;
    this.type = type;
    this.hasData = record.hasData;
    this.data = bytes.subarray(dataStart, dataEnd);
    this.frameStart = offset;
    this.offset = end;
    return true;
  }

  private stop(kind: Damage['kind'], expected: string, found: string | number): false {
    this.damage = { kind, expected, found: typeof found === 'number' ? `${found} bytes` : found };
    return false;
  }
}

export function crcText(crc: number): string {
  return `crc ${crc.toString(16).padStart(8, '0')}`;
}

function hex(bytes: Uint8Array, at: number): string {
  let text = '';
  for (let i = at; i < Math.min(at + lengthFieldBytes, bytes.length); i++) {
    text += (bytes[i] as number).toString(16).padStart(2, '0');
  }
  return `bytes ${text}`;
}
