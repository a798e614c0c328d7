import type { ByteString } from '../base/bytes.ts';

/** Gives the pages of one state of the file. */
export interface PageSource {
  readonly pageBytes: number;
  /** The branch or leaf page with this number. */
  view(pageId: number): NodeView;
}

/** One node of a B+tree, on its page or taken into memory by a transaction that changes it. */
export interface NodeView {
  readonly leaf: boolean;
  readonly count: number;
  key(index: number): ByteString;
  /** First element whose key is not below `key`; `count` if there is none. */
  lowerBound(key: ByteString): number;
  /** A leaf element's value, not to be changed. */
  value(index: number): Uint8Array;
  /** The leaf element is a bucket: its value is a bucket header. */
  isBucket(index: number): boolean;
  /** A branch element's page number; 0 if the child has none yet. */
  childId(index: number): number;
  /** The node under a branch element. */
  child(index: number, pages: PageSource): NodeView;
}

/**
 * The branch element to follow for a key: the last one whose key is not above it. A key below the first element's belongs to
 * the first child all the same, whose smallest key it becomes.
 */
export function childIndex(branch: NodeView, key: ByteString): number {
  const index = branch.lowerBound(key);
  if (index < branch.count && branch.key(index) === key) return index;
  return index === 0 ? 0 : index - 1;
}
