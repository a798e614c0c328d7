import type { V2Action, V2NodeView, V2Operation, V2Watch, V2WatchEvent } from './operation.ts';
import { cleanPath } from './tree.ts';

/** A change whose index somebody told: who asked for it by the answer, or a watcher. */
export interface ToldChange {
  readonly index: number;
  readonly action: V2Action;
  readonly key: string;
  readonly node: V2NodeView;
  /** Null: nothing was there before. */
  readonly prevNode: V2NodeView | null | undefined;
  /** It only put off the end of its node: watchers do not hear of it. */
  readonly isRefresh: boolean;
  /** Who asked for it and was answered; null: only watchers tell of it. */
  readonly operation: V2Operation | null;
  /** The first that told of it, of watches only. */
  readonly heard: Heard | null;
}

export interface Heard {
  readonly watch: V2Watch;
  readonly event: V2WatchEvent;
}

/** All changes that were told, by their indexes. */
export class ToldChanges {
  private readonly byIndex = new Map<number, ToldChange>();
  /** Ascending. */
  private readonly indexes: readonly number[];

  constructor(operations: readonly V2Operation[], watches: readonly V2Watch[]) {
    for (const operation of operations) this.addAnswer(operation);
    for (const watch of watches) for (const event of watch.events) this.addEvent({ watch, event });
    this.indexes = [...this.byIndex.keys()].sort((a, b) => a - b);
  }

  at(index: number): ToldChange | null {
    return this.byIndex.get(index) ?? null;
  }

  get all(): readonly ToldChange[] {
    return this.indexes.map((index) => this.byIndex.get(index) as ToldChange);
  }

  /** The first from `from` to `to` (included) that `wanted` takes; null: none. */
  first(from: number, to: number, wanted: (change: ToldChange) => boolean): ToldChange | null {
    let [low, high] = [0, this.indexes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.indexes[middle] as number) < from) low = middle + 1;
      else high = middle;
    }
    for (; low < this.indexes.length && (this.indexes[low] as number) <= to; low++) {
      const change = this.byIndex.get(this.indexes[low] as number) as ToldChange;
      if (wanted(change)) return change;
    }
    return null;
  }

  /** Whether the node was certainly there right before an index: a change made or kept it, and all that came between are known. */
  stood(key: string, index: number): boolean {
    for (let at = index - 1; at > 0; at--) {
      const change = this.byIndex.get(at);
      if (change === undefined) return false;
      const isEnd =
        change.action === 'delete' || change.action === 'compareAndDelete' || change.action === 'expire';
      if (isEnd && (key === change.key || key.startsWith(`${change.key}/`))) return false;
      if (!isEnd && key === change.key) return true;
    }
    return false;
  }

  private addAnswer(operation: V2Operation): void {
    const { input, outcome } = operation;
    if (input.kind === 'get' || input.kind === 'expire') return;
    if (outcome.status !== 'ok' || outcome.output.error !== null) return;
    const { node, prevNode } = outcome.output;
    const index = node?.modifiedIndex;
    if (node === null || index === undefined || this.byIndex.has(index)) return;
    this.byIndex.set(index, {
      index,
      action: actionOf(input.kind),
      key: cleanPath(node.key ?? input.key),
      node,
      // An answer that leaves it out says nothing.
      prevNode: prevNode ?? undefined,
      isRefresh: input.kind === 'refresh',
      operation,
      heard: null,
    });
  }

  private addEvent(heard: Heard): void {
    const { event } = heard;
    const { index, action, node } = event;
    const known = this.byIndex.get(index);
    if (known === undefined) {
      const key = cleanPath(node.key);
      const { prevNode } = event;
      this.byIndex.set(index, {
        index,
        action,
        key,
        node,
        prevNode,
        isRefresh: false,
        operation: null,
        heard,
      });
    } else if (known.heard === null || event.atNs < known.heard.event.atNs) {
      this.byIndex.set(index, { ...known, heard });
    }
  }
}

/** How watchers hear of what was asked for. */
export function actionOf(kind: Exclude<V2Operation['input']['kind'], 'get'>): V2Action {
  if (kind === 'createInOrder') return 'create';
  return kind === 'refresh' ? 'update' : kind;
}

/** In which part what an event tells differs from what is known of its index; null: they agree. */
export function difference(event: V2WatchEvent, known: ToldChange): string | null {
  if (event.action !== known.action) return `a ${known.action}`;
  if (cleanPath(event.node.key) !== known.key) return `a change of ${known.key}`;
  const node = nodeDifference(event.node, known.node);
  if (node !== null) return node;
  const { prevNode } = event;
  if (prevNode === undefined || known.prevNode === undefined) return null;
  if (prevNode === null || known.prevNode === null) {
    if (prevNode === known.prevNode) return null;
    return known.prevNode === null ? 'nothing there before' : 'another node there before';
  }
  const before = nodeDifference(prevNode, known.prevNode);
  return before === null ? null : `${before} before`;
}

function nodeDifference(told: V2NodeView, known: V2NodeView): string | null {
  for (const field of ['value', 'dir', 'createdIndex', 'modifiedIndex'] as const) {
    if (told[field] === undefined || known[field] === undefined || told[field] === known[field]) continue;
    return `${field} ${JSON.stringify(known[field])}`;
  }
  return null;
}
