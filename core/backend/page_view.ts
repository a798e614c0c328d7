import type { ByteString } from '../base/bytes.ts';
import { fromBytes } from '../base/bytes.ts';
import { readUint16, readUint32, readUint64 } from './little_endian.ts';
import type { NodeView, PageSource } from './node_view.ts';
import { PageFlag, pageHeaderBytes } from './page_header.ts';

/** Both kinds of element take 16 bytes. Leaf: flags, pos, ksize, vsize, u32 each. Branch: pos, ksize u32, page id u64. */
export const elementBytes = 16;

/** The leaf element flag of a bucket. */
export const bucketFlag = 0x01;

/**
 * A branch or leaf read where it lies: no element is decoded before it is asked for. Positions are relative to their element.
 * The bytes must have passed `checkPage`, and must not change.
 */
export class PageView implements NodeView {
  readonly bytes: Uint8Array;
  readonly leaf: boolean;
  readonly count: number;

  /** `bytes`: the page with its overflow, or what follows the header of an inline bucket. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.leaf = (readUint16(bytes, 8) & PageFlag.leaf) !== 0;
    this.count = readUint16(bytes, 10);
  }

  private keyStart(element: number): number {
    return element + readUint32(this.bytes, this.leaf ? element + 4 : element);
  }

  private keySize(element: number): number {
    return readUint32(this.bytes, this.leaf ? element + 8 : element + 4);
  }

  key(index: number): ByteString {
    const element = pageHeaderBytes + index * elementBytes;
    const start = this.keyStart(element);
    return fromBytes(this.bytes.subarray(start, start + this.keySize(element)));
  }

  lowerBound(key: ByteString): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.isBelow(middle, key)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private isBelow(index: number, key: ByteString): boolean {
    const { bytes } = this;
    const element = pageHeaderBytes + index * elementBytes;
    const start = this.keyStart(element);
    const size = this.keySize(element);
    const shared = size < key.length ? size : key.length;
    for (let i = 0; i < shared; i++) {
      const difference = (bytes[start + i] as number) - key.charCodeAt(i);
      if (difference !== 0) return difference < 0;
    }
    return size < key.length;
  }

  value(index: number): Uint8Array {
    const element = pageHeaderBytes + index * elementBytes;
    const start = this.keyStart(element) + this.keySize(element);
    return this.bytes.subarray(start, start + readUint32(this.bytes, element + 12));
  }

  isBucket(index: number): boolean {
    return (readUint32(this.bytes, pageHeaderBytes + index * elementBytes) & bucketFlag) !== 0;
  }

  childId(index: number): number {
    return readUint64(this.bytes, pageHeaderBytes + index * elementBytes + 8);
  }

  child(index: number, pages: PageSource): NodeView {
    return pages.view(this.childId(index));
  }
}
