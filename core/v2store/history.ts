import { assert } from '../base/assert.ts';
import type { ByteString } from '../base/bytes.ts';
import { eventIndex, type V2Event } from './event.ts';
import { cleanPath } from './tree_path.ts';
import { V2Code, V2Error } from './v2_error.ts';

/** Events that etcd keeps for watches that start in the past. */
export const historyCapacity = 1000;

/** The ring as the snapshot holds it. */
export interface HistoryState {
  /** As many as the capacity; null where no event was put yet. */
  readonly slots: readonly (V2Event | null)[];
  readonly size: number;
  /** Slot of the oldest event. */
  readonly front: number;
  /** Slot of the next event. */
  readonly back: number;
  readonly startIndex: number;
  readonly lastIndex: number;
}

/** The latest events. Their indexes are consecutive, since whatever raises the store's index adds one. */
export class EventHistory {
  private slots: (V2Event | null)[];
  private size = 0;
  private front = 0;
  private back = 0;
  private startIndex = 0;
  private lastIndex = 0;

  constructor(capacity = historyCapacity) {
    this.slots = new Array<V2Event | null>(capacity).fill(null);
  }

  add(event: V2Event): void {
    const capacity = this.slots.length;
    this.slots[this.back] = event;
    this.back = (this.back + 1) % capacity;
    if (this.size === capacity) this.front = (this.front + 1) % capacity;
    else this.size++;
    this.lastIndex = eventIndex(event);
    const oldest = this.slots[this.front];
    assert(oldest !== null && oldest !== undefined, 'the oldest event is there');
    this.startIndex = eventIndex(oldest);
  }

  /**
   * The first event from `index` on that a watch of this key would have got; null if it is still to come. Throws V2Error 401 if the
   * events from there on are not kept any more. Unlike a watch that was there in time, it meets hidden nodes, too (as in etcd).
   */
  scan(key: ByteString, recursive: boolean, index: number): V2Event | null {
    if (index < this.startIndex) {
      const reason = `the requested history has been cleared [${this.startIndex}/${index}]` as ByteString;
      throw new V2Error(V2Code.eventIndexCleared, reason, 0);
    }
    if (index > this.lastIndex) return null;
    const capacity = this.slots.length;
    for (let passed = index - this.startIndex; passed < this.size; passed++) {
      const event = this.slots[(this.front + passed) % capacity];
      if (event !== null && event !== undefined && concerns(event, key, recursive)) return event;
    }
    return null;
  }

  state(): HistoryState {
    const { size, front, back, startIndex, lastIndex } = this;
    return { slots: [...this.slots], size, front, back, startIndex, lastIndex };
  }

  restore(state: HistoryState): void {
    this.slots = [...state.slots];
    this.size = state.size;
    this.front = state.front;
    this.back = state.back;
    this.startIndex = state.startIndex;
    this.lastIndex = state.lastIndex;
  }
}

function concerns(event: V2Event, key: ByteString, recursive: boolean): boolean {
  if (event.refresh) return false;
  const { node, prevNode, action } = event;
  if (node.key === key) return true;
  if (recursive && node.key.startsWith(cleanPath(key) === '/' ? '/' : `${cleanPath(key)}/`)) return true;
  // The watched key went with its directory. etcd compares text, not names: the end of `/a` is one for `/ab`, too.
  return (
    (action === 'delete' || action === 'expire') && prevNode?.dir === true && key.startsWith(prevNode.key)
  );
}
