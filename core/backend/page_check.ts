import type { ByteString } from '../base/bytes.ts';
import { BackendError } from './backend_error.ts';
import { readUint32 } from './little_endian.ts';
import { PageFlag, pageHeaderBytes, readPageHeader } from './page_header.ts';
import { isIntact, isSealed, sealBytes } from './page_seal.ts';
import { bucketFlag, elementBytes, PageView } from './page_view.ts';

/** Keys of a page lie in [low, high); undefined is no bound. */
export interface KeyBounds {
  readonly low: ByteString | undefined;
  readonly high: ByteString | undefined;
}

export const noBounds: KeyBounds = { low: undefined, high: undefined };

/**
 * Refuses a page that was sealed and has changed, and what bbolt does not write. Its own pages carry no checksum, so a changed byte
 * within a key or a value passes there, and so may one in the sizes of a page's last element; its layout is rigid (elements packed
 * in order, zeros behind them, keys ascending and within the parent's bounds), so other damage shows. `pageId` is what the header
 * must say: 0 for an inline bucket, whose page has no number and no seal of its own.
 */
export function checkPage(bytes: Uint8Array, pageId: number, bounds: KeyBounds): PageView {
  const wrong = (expected: string, found: string) => new BackendError('corruptPage', pageId, expected, found);
  if (bytes.length < pageHeaderBytes) throw wrong('a page header', `${bytes.length} bytes`);
  const sealed = pageId !== 0 && isSealed(bytes);
  const { id, flags, count } = readPageHeader(bytes);
  if (id !== pageId) throw wrong(`page number ${pageId}`, `${id}`);
  if (flags !== PageFlag.leaf && flags !== PageFlag.branch) throw wrong('a branch or leaf', `flags ${flags}`);
  const leaf = flags === PageFlag.leaf;
  if (!leaf && count === 0) throw wrong('a branch with children', 'none');
  let end = pageHeaderBytes + count * elementBytes;
  if (end > bytes.length) throw wrong(`room for ${count} elements`, `${bytes.length} bytes`);
  for (let index = 0; index < count; index++) {
    const element = pageHeaderBytes + index * elementBytes;
    const start = element + readUint32(bytes, leaf ? element + 4 : element);
    if (start !== end) throw wrong(`element ${index} at byte ${end}`, `byte ${start}`);
    if (leaf && readUint32(bytes, element) > bucketFlag) throw wrong('flags 0 or 1', `element ${index}`);
    end += readUint32(bytes, leaf ? element + 8 : element + 4) + (leaf ? readUint32(bytes, element + 12) : 0);
    if (end > bytes.length) throw wrong(`element ${index} within ${bytes.length} bytes`, `end at ${end}`);
  }
  // bbolt's buffers are zero where nothing is written, so a count or size that lost a bit leaves something behind.
  const free = sealed ? bytes.length - sealBytes : bytes.length;
  for (let at = end; at < free; at++) {
    if (bytes[at] !== 0) throw wrong(`zeros from byte ${end}`, `${bytes[at]} at byte ${at}`);
  }
  // Last, because what is found above says more.
  if (sealed && !isIntact(bytes)) throw wrong('the bytes of its checksum', 'others');
  const view = new PageView(bytes);
  if (count === 0 && bounds.low !== undefined) throw wrong('a leaf with keys', 'none');
  checkKeys(view, bounds, wrong);
  return view;
}

function checkKeys(
  view: PageView,
  bounds: KeyBounds,
  wrong: (expected: string, found: string) => BackendError,
): void {
  let previous: ByteString | undefined;
  for (let index = 0; index < view.count; index++) {
    const key = view.key(index);
    if (key.length === 0) throw wrong('keys of at least one byte', `element ${index} without`);
    if (previous !== undefined && key <= previous) throw wrong('ascending keys', `element ${index} below`);
    previous = key;
  }
  if (view.count === 0 || previous === undefined) return;
  const first = view.key(0);
  if (bounds.low !== undefined && first < bounds.low) throw wrong("keys above the parent's", 'a lower one');
  if (bounds.high !== undefined && previous >= bounds.high)
    throw wrong("keys below the next page's", 'a higher');
}
