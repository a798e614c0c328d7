import { type ByteString, toBytes } from '../base/bytes.ts';
import { eventJson } from './event.ts';
import type { HistoryState } from './history.ts';
import { jsonObject, jsonString } from './json_text.ts';
import { type DirectoryNode, isDirectory, sortedChildren, type TreeNode } from './node.ts';
import type { V2Stats } from './stats.ts';
import { formatTime, zeroTimeText } from './time_text.ts';

/** A store without its watchers: what a snapshot holds. */
export interface SavedStore {
  readonly root: DirectoryNode;
  readonly history: HistoryState;
  readonly currentIndex: number;
  readonly stats: V2Stats;
  readonly version: number;
}

/** The JSON that etcd 3.4 writes for the same store, byte for byte. */
export function saveStore(store: SavedStore): Uint8Array {
  const { slots, size, front, back, startIndex, lastIndex } = store.history;
  const queue = jsonObject([
    ['Events', `[${slots.map((event) => (event === null ? 'null' : eventJson(event))).join(',')}]`],
    ['Size', `${size}`],
    ['Front', `${front}`],
    ['Back', `${back}`],
    ['Capacity', `${slots.length}`],
  ]);
  const history = jsonObject([
    ['Queue', queue],
    ['StartIndex', `${startIndex}`],
    ['LastIndex', `${lastIndex}`],
  ]);
  const text = jsonObject([
    ['Root', nodeJson(store.root)],
    ['WatcherHub', jsonObject([['EventHistory', history]])],
    ['CurrentIndex', `${store.currentIndex}`],
    ['Stats', store.stats.json(0)],
    ['CurrentVersion', `${store.version}`],
  ]);
  return toBytes(text);
}

function nodeJson(node: TreeNode): ByteString {
  return jsonObject([
    ['Path', jsonString(node.path)],
    ['CreatedIndex', `${node.createdIndex}`],
    ['ModifiedIndex', `${node.modifiedIndex}`],
    ['ExpireTime', `"${node.expireNs === null ? zeroTimeText : formatTime(node.expireNs)}"`],
    ['Value', jsonString(node.value)],
    ['Children', isDirectory(node) ? childrenJson(node) : 'null'],
  ]);
}

function childrenJson(node: DirectoryNode): string {
  const parts = sortedChildren(node).map(([name, child]) => `${jsonString(name)}:${nodeJson(child)}`);
  return `{${parts.join(',')}}`;
}
