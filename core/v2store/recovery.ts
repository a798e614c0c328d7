import { type ByteString, emptyByteString } from '../base/bytes.ts';
import { type NodeView, type V2Event, v2Actions } from './event.ts';
import { EventHistory, type HistoryState } from './history.ts';
import { JsonPlace } from './json_shape.ts';
import { type DirectoryNode, isDirectory, makeDirectory, type Owner, type TreeNode } from './node.ts';
import type { SavedStore } from './save.ts';
import { statNames, V2Stats } from './stats.ts';
import { parseTime, zeroTimeText } from './time_text.ts';
import { childPath, pathParts, rootPath } from './tree_path.ts';

const currentFormat = 2;

/**
 * Reads what etcd 3.4 or `saveStore` wrote. As etcd does it, what is left out is as in a new store: a root alone will do. Throws
 * V2SnapshotError.
 */
export function recoverStore(bytes: Uint8Array, namespaces: readonly ByteString[]): SavedStore {
  const whole = JsonPlace.parse(bytes);
  const owner: Owner = {};
  return {
    root: readRoot(whole.field('Root'), owner, namespaces),
    history: readHistory(whole.field('WatcherHub')),
    currentIndex: whole.field('CurrentIndex').count(0),
    stats: readStats(whole.field('Stats')),
    version: whole.field('CurrentVersion').count(currentFormat),
  };
}

function readRoot(place: JsonPlace, owner: Owner, namespaces: readonly ByteString[]): DirectoryNode {
  const root = readNode(place, rootPath, owner);
  if (!isDirectory(root)) throw place.field('Children').fail('the children of the root');
  for (const path of namespaces) {
    const name = pathParts(path)[0] ?? emptyByteString;
    if (!root.children.has(name)) root.children.set(name, makeDirectory(owner, path, 0, null));
  }
  return root;
}

function readNode(place: JsonPlace, path: ByteString, owner: Owner): TreeNode {
  const written = place.field('Path').text(path);
  if (written !== path) throw place.field('Path').fail(JSON.stringify(path));
  const below = place.field('Children');
  return {
    owner,
    path,
    createdIndex: place.field('CreatedIndex').count(0),
    modifiedIndex: place.field('ModifiedIndex').count(0),
    expireNs: readTime(place.field('ExpireTime')),
    value: place.field('Value').text(emptyByteString),
    children: below.isNull ? null : readChildren(below, path, owner),
  };
}

function readChildren(place: JsonPlace, path: ByteString, owner: Owner): Map<ByteString, TreeNode> {
  const children = new Map<ByteString, TreeNode>();
  for (const [name, child] of place.fields()) {
    children.set(name, readNode(child, childPath(path, name), owner));
  }
  return children;
}

function readTime(place: JsonPlace): bigint | null {
  const text = place.text(zeroTimeText as ByteString);
  if (text === zeroTimeText) return null;
  const ns = parseTime(text);
  if (ns === null) throw place.fail('a time as in RFC 3339');
  return ns;
}

function readHistory(hub: JsonPlace): HistoryState {
  const history = hub.isNull ? hub : hub.field('EventHistory');
  if (history.isNull) return new EventHistory().state();
  const queue = history.field('Queue');
  const slots = queue.field('Events').items().map(readSlot);
  const size = queue.field('Size').count(0);
  const front = queue.field('Front').count(0);
  const back = queue.field('Back').count(0);
  const capacity = queue.field('Capacity').count(0);
  if (capacity === 0 || slots.length !== capacity)
    throw queue.field('Capacity').fail(`${slots.length} events`);
  if (size > capacity) throw queue.field('Size').fail(`at most ${capacity}`);
  if (front >= capacity) throw queue.field('Front').fail(`less than ${capacity}`);
  if (back !== (front + size) % capacity) throw queue.field('Back').fail(`${(front + size) % capacity}`);
  for (let i = 0; i < size; i++) {
    const at = (front + i) % capacity;
    if (slots[at] === null) throw queue.field('Events').items()[at]?.fail('an event') ?? queue.fail('events');
  }
  return {
    slots,
    size,
    front,
    back,
    startIndex: history.field('StartIndex').count(0),
    lastIndex: history.field('LastIndex').count(0),
  };
}

function readSlot(place: JsonPlace): V2Event | null {
  if (place.isNull) return null;
  const name = place.field('action').text(emptyByteString);
  const action = v2Actions.find((known) => known === (name as string));
  if (action === undefined) throw place.field('action').fail('an action');
  const before = place.field('prevNode');
  return {
    action,
    node: readView(place.field('node')),
    prevNode: before.isNull ? null : readView(before),
    // etcd does not save it either; a watch puts its own index there.
    etcdIndex: 0,
    refresh: place.field('refresh').flag(),
  };
}

function readView(place: JsonPlace): NodeView {
  const value = place.field('value');
  const nodes = place.field('nodes');
  return {
    key: place.field('key').text(emptyByteString),
    value: value.isNull ? null : value.text(emptyByteString),
    dir: place.field('dir').flag(),
    expirationNs: readTime(place.field('expiration')),
    ttlSeconds: place.field('ttl').integer(0),
    nodes: nodes.isNull ? [] : nodes.items().map(readView),
    modifiedIndex: place.field('modifiedIndex').count(0),
    createdIndex: place.field('createdIndex').count(0),
  };
}

function readStats(place: JsonPlace): V2Stats {
  const stats = new V2Stats();
  if (!place.isNull) for (const name of statNames) stats.set(name, place.field(name).count(0));
  return stats;
}
