import {
  readUint16,
  readUint32,
  readUint64,
  writeUint16,
  writeUint32,
  writeUint64,
} from './little_endian.ts';

/** Page size on the machines etcd is built for mostly; a file names its own in the meta page. */
export const defaultPageBytes = 4096;

/** Header: id u64, flags u16, count u16, overflow u32. */
export const pageHeaderBytes = 16;

/** What a page is, in its header's flags. */
export const PageFlag = { branch: 0x01, leaf: 0x02, meta: 0x04, freelist: 0x10 } as const;

export interface PageHeader {
  readonly id: number;
  readonly flags: number;
  /** Number of elements. */
  readonly count: number;
  /** Pages that follow this one and belong to it. */
  readonly overflow: number;
}

export function readPageHeader(bytes: Uint8Array, at = 0): PageHeader {
  return {
    id: readUint64(bytes, at),
    flags: readUint16(bytes, at + 8),
    count: readUint16(bytes, at + 10),
    overflow: readUint32(bytes, at + 12),
  };
}

export function writePageHeader(bytes: Uint8Array, header: PageHeader): void {
  writeUint64(bytes, 0, header.id);
  writeUint16(bytes, 8, header.flags);
  writeUint16(bytes, 10, header.count);
  writeUint32(bytes, 12, header.overflow);
}
