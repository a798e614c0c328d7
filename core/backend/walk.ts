import { BackendError } from './backend_error.ts';
import { bucketHeaderBytes, decodeBucketHeader } from './bucket_header.ts';
import { decodeFreelistPage } from './freelist_page.ts';
import { firstDataPage, type Meta } from './meta.ts';
import { checkPage, noBounds, type KeyBounds } from './page_check.ts';
import type { PageView } from './page_view.ts';

/** Gives a page's bytes with its overflow; throws BackendError if it is not there. */
export type PageReader = (pageId: number) => Uint8Array;

class Walk {
  /** 1 for each page that is reached. */
  readonly used: Uint8Array;
  private readonly meta: Meta;
  private readonly read: PageReader;

  constructor(meta: Meta, read: PageReader) {
    this.meta = meta;
    this.read = read;
    this.used = new Uint8Array(meta.highWater);
    this.used.fill(1, 0, firstDataPage);
  }

  take(pageId: number): Uint8Array {
    const { highWater, pageBytes } = this.meta;
    if (pageId < firstDataPage || pageId >= highWater) {
      throw new BackendError(
        'corruptPage',
        pageId,
        `pages from ${firstDataPage} to below ${highWater}`,
        'it',
      );
    }
    const bytes = this.read(pageId);
    const end = pageId + bytes.length / pageBytes;
    if (end > highWater) {
      throw new BackendError('corruptPage', pageId, `its overflow below page ${highWater}`, `page ${end}`);
    }
    for (let id = pageId; id < end; id++) {
      if (this.used[id] === 1) throw new BackendError('doubleUse', id, 'one use', 'another');
      this.used[id] = 1;
    }
    return bytes;
  }

  tree(pageId: number, bounds: KeyBounds, top: boolean): void {
    const view = checkPage(this.take(pageId), pageId, bounds);
    if (view.leaf) return this.buckets(view, pageId, top);
    for (let index = 0; index < view.count; index++) {
      const high = index + 1 < view.count ? view.key(index + 1) : bounds.high;
      this.tree(view.childId(index), { low: view.key(index), high }, top);
    }
  }

  private buckets(leaf: PageView, pageId: number, top: boolean): void {
    for (let index = 0; index < leaf.count; index++) {
      if (!leaf.isBucket(index)) {
        if (!top) continue;
        throw new BackendError('corruptPage', pageId, 'only buckets in the root bucket', 'a plain key');
      }
      const value = leaf.value(index);
      const { root } = decodeBucketHeader(value, pageId);
      if (root !== 0) {
        this.tree(root, noBounds, false);
        continue;
      }
      const inline = checkPage(value.subarray(bucketHeaderBytes), 0, noBounds);
      const nested = Array.from({ length: inline.count }, (_, i) => inline.leaf && inline.isBucket(i));
      if (!inline.leaf || nested.includes(true)) {
        throw new BackendError('corruptPage', pageId, 'an inline bucket without buckets', 'one with');
      }
    }
  }
}

/**
 * Follows every bucket and page of a state, checks each, and returns which pages are in use, 1 or 0 by page number. Throws
 * BackendError on a damaged page and on one that is reached twice. bbolt's pages have no checksum: see `checkPage`.
 */
export function walkPages(meta: Meta, read: PageReader): Uint8Array {
  const walk = new Walk(meta, read);
  walk.tree(meta.root, noBounds, true);
  if (meta.freelist !== null) {
    const listed = decodeFreelistPage(walk.take(meta.freelist), meta.freelist);
    // The list is derived from the tree, so a difference means that one of them is damaged.
    const twice = listed.find((id) => (walk.used[id] ?? 1) === 1);
    if (twice !== undefined) throw new BackendError('doubleUse', twice, 'a free page', 'a use of it');
  }
  return walk.used;
}

/** Numbers of the pages that are not in use, ascending. */
export function unusedPages(used: Uint8Array): number[] {
  const unused: number[] = [];
  for (const [id, use] of used.entries()) if (use === 0) unused.push(id);
  return unused;
}
