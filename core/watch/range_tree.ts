import type { ByteString } from '../base/bytes.ts';

/** Null: no end. */
type End = ByteString | null;

interface Node<Value> {
  readonly low: ByteString;
  readonly high: End;
  readonly value: Value;
  readonly priority: number;
  left: Node<Value> | null;
  right: Node<Value> | null;
  /** The highest end in this subtree: nothing in it covers a key from there on. */
  maxHigh: End;
}

type Subtree<Value> = Node<Value> | null;

/**
 * Values by key range [low, high), found by a key that the range covers: a treap, ordered by (low, high), whose nodes know the
 * highest end below them. Priorities are hashes of a serial number, so the shape, like everything here, is the same in every
 * run. Finding takes O(log n) for each range found.
 */
export class RangeTree<Value> {
  private root: Subtree<Value> = null;
  private serial = 0;

  get(low: ByteString, high: End): Value | undefined {
    let node = this.root;
    while (node !== null) {
      const side = compareRanges(low, high, node);
      if (side === 0) return node.value;
      node = side < 0 ? node.left : node.right;
    }
    return undefined;
  }

  /** Adds a range that is not there yet. */
  add(low: ByteString, high: End, value: Value): void {
    const priority = hash(this.serial++);
    this.root = insert(this.root, { low, high, value, priority, left: null, right: null, maxHigh: high });
  }

  delete(low: ByteString, high: End): void {
    this.root = remove(this.root, low, high);
  }

  /** Visits the values of all ranges that cover the key, in the order of the ranges. The visitor must not change the tree. */
  visit(key: ByteString, visitor: (value: Value) => void): void {
    visitCovering(this.root, key, visitor);
  }
}

function visitCovering<Value>(node: Subtree<Value>, key: ByteString, visitor: (value: Value) => void): void {
  if (node === null || (node.maxHigh !== null && node.maxHigh <= key)) return;
  visitCovering(node.left, key, visitor);
  if (node.low > key) return;
  if (node.high === null || key < node.high) visitor(node.value);
  visitCovering(node.right, key, visitor);
}

function insert<Value>(node: Subtree<Value>, fresh: Node<Value>): Node<Value> {
  if (node === null) return fresh;
  if (fresh.priority > node.priority) {
    [fresh.left, fresh.right] = split(node, fresh);
    return updated(fresh);
  }
  if (compareRanges(fresh.low, fresh.high, node) < 0) node.left = insert(node.left, fresh);
  else node.right = insert(node.right, fresh);
  return updated(node);
}

/** What is before the new range, and what is after it. */
function split<Value>(node: Subtree<Value>, at: Node<Value>): [Subtree<Value>, Subtree<Value>] {
  if (node === null) return [null, null];
  if (compareRanges(at.low, at.high, node) < 0) {
    const [before, after] = split(node.left, at);
    node.left = after;
    return [before, updated(node)];
  }
  const [before, after] = split(node.right, at);
  node.right = before;
  return [updated(node), after];
}

function remove<Value>(node: Subtree<Value>, low: ByteString, high: End): Subtree<Value> {
  if (node === null) return null;
  const side = compareRanges(low, high, node);
  if (side === 0) return merge(node.left, node.right);
  if (side < 0) node.left = remove(node.left, low, high);
  else node.right = remove(node.right, low, high);
  return updated(node);
}

function merge<Value>(before: Subtree<Value>, after: Subtree<Value>): Subtree<Value> {
  if (before === null) return after;
  if (after === null) return before;
  if (before.priority > after.priority) {
    before.right = merge(before.right, after);
    return updated(before);
  }
  after.left = merge(before, after.left);
  return updated(after);
}

function updated<Value>(node: Node<Value>): Node<Value> {
  let max = node.high;
  if (node.left !== null) max = later(max, node.left.maxHigh);
  if (node.right !== null) max = later(max, node.right.maxHigh);
  node.maxHigh = max;
  return node;
}

function later(a: End, b: End): End {
  if (a === null || b === null) return null;
  return a > b ? a : b;
}

function compareRanges(low: ByteString, high: End, node: Node<unknown>): number {
  if (low !== node.low) return low < node.low ? -1 : 1;
  if (high === node.high) return 0;
  if (high === null) return 1;
  return node.high === null || high < node.high ? -1 : 1;
}

// Spreads consecutive numbers over 32 bits (the finishing step of MurmurHash3).
function hash(serial: number): number {
  let mixed = serial + 1;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
