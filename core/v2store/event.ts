import type { ByteString } from '../base/bytes.ts';
import { jsonObject, jsonString } from './json_text.ts';
import { formatTime } from './time_text.ts';

export const v2Actions = [
  'get',
  'create',
  'set',
  'update',
  'delete',
  'compareAndSwap',
  'compareAndDelete',
  'expire',
] as const;
export type V2Action = (typeof v2Actions)[number];

/** A node as an event shows it. */
export interface NodeView {
  readonly key: ByteString;
  /** Null for a directory, and where the event is about a node that is gone. */
  readonly value: ByteString | null;
  readonly dir: boolean;
  /** Nanoseconds since 1970; null if the node does not expire. */
  readonly expirationNs: bigint | null;
  /** Seconds left when the event was made, rounded up; 0 if the node does not expire. */
  readonly ttlSeconds: number;
  /** What a listed directory holds, in the order of the keys. */
  readonly nodes: readonly NodeView[];
  readonly modifiedIndex: number;
  readonly createdIndex: number;
}

/** What an operation did or found. Never changed once it is made: history and watchers share it. */
export interface V2Event {
  readonly action: V2Action;
  readonly node: NodeView;
  readonly prevNode: NodeView | null;
  /** The store's index when the event was made, or, for an event out of the history, when the watch began. */
  readonly etcdIndex: number;
  /** The operation did no more than put off the expiry: watchers don't learn of it. */
  readonly refresh: boolean;
}

/** A node with nothing known but where it is and when it changed. */
export function bareNode(key: ByteString, modifiedIndex: number, createdIndex: number): NodeView {
  return {
    key,
    value: null,
    dir: false,
    expirationNs: null,
    ttlSeconds: 0,
    nodes: [],
    modifiedIndex,
    createdIndex,
  };
}

/** The event's own place in the history. */
export function eventIndex(event: V2Event): number {
  return event.node.modifiedIndex;
}

/** Whether the operation made a node where none was (the v2 API then answers 201). */
export function isCreated(event: V2Event): boolean {
  return event.action === 'create' || (event.action === 'set' && event.prevNode === null);
}

/** The event as the v2 API and the snapshot print it. UTF-8, no line end. */
export function eventJson(event: V2Event): ByteString {
  return jsonObject([
    ['action', jsonString(event.action as string as ByteString)],
    ['node', nodeJson(event.node)],
    ['prevNode', event.prevNode === null ? null : nodeJson(event.prevNode)],
    ['refresh', event.refresh ? 'true' : null],
  ]);
}

function nodeJson(node: NodeView): ByteString {
  return jsonObject([
    ['key', node.key === '' ? null : jsonString(node.key)],
    ['value', node.value === null ? null : jsonString(node.value)],
    ['dir', node.dir ? 'true' : null],
    ['expiration', node.expirationNs === null ? null : `"${formatTime(node.expirationNs)}"`],
    ['ttl', numberOrNothing(node.ttlSeconds)],
    ['nodes', node.nodes.length === 0 ? null : `[${node.nodes.map(nodeJson).join(',')}]`],
    ['modifiedIndex', numberOrNothing(node.modifiedIndex)],
    ['createdIndex', numberOrNothing(node.createdIndex)],
  ]);
}

function numberOrNothing(value: number): string | null {
  return value === 0 ? null : `${value}`;
}

/** The event as clients see it: `prefix` (such as `/1`) is cut off each key, and `refresh` is not shown (etcd). */
export function withoutPrefix(event: V2Event, prefix: ByteString): V2Event {
  const { node, prevNode } = event;
  return {
    ...event,
    node: nodeWithoutPrefix(node, prefix),
    prevNode: prevNode === null ? null : nodeWithoutPrefix(prevNode, prefix),
    refresh: false,
  };
}

function nodeWithoutPrefix(node: NodeView, prefix: ByteString): NodeView {
  const key = node.key.startsWith(prefix) ? (node.key.slice(prefix.length) as ByteString) : node.key;
  return { ...node, key, nodes: node.nodes.map((child) => nodeWithoutPrefix(child, prefix)) };
}
