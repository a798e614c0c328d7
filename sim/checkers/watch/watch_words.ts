import type { WatchEvent, WatchRecord } from '../history/etcd_history.ts';
import { inRange } from '../history/key_order.ts';
import type { TimeText } from '../linearizability/wording.ts';
import type { Changes } from '../store/changes.ts';

const linesMax = 12;
/** Revisions before and after the one in question that are shown with it. */
const around = 2;

/** Words for what watches heard and what the store did. */
export class WatchWords {
  private readonly changes: Changes | null;
  private readonly time: TimeText;

  constructor(changes: Changes | null, time: TimeText) {
    this.changes = changes;
    this.time = time;
  }

  keyOf(change: number): string {
    return this.changes?.table.keys[this.changes.key[change] as number] ?? '';
  }

  /** `put(x, "2") of revision 7` */
  changeText(change: number): string {
    const { changes } = this;
    if (changes === null) return '';
    const key = this.keyOf(change);
    const isDelete = changes.create[change] === 0;
    const what = isDelete ? `delete(${key})` : `put(${key}, ${JSON.stringify(changes.value[change])})`;
    return `${what} of revision ${changes.revision[change]}`;
  }

  /** What a watch heard around a revision, and what the store did there. */
  context({ request, responses }: WatchRecord, revision: number): string[] {
    const near = (at: number): boolean => at >= revision - around && at <= revision + around;
    const heard: string[] = [];
    for (const { kind, revision: header, events, ns } of responses) {
      if (kind === 'progress' && near(header)) {
        heard.push(`  progress at revision ${header}, at ${this.time(ns)}`);
      }
      for (const event of events ?? []) {
        if (near(event.modRevision)) heard.push(`  ${eventText(event)}, at ${this.time(ns)}`);
      }
    }
    const { changes } = this;
    const did: string[] = [];
    if (changes !== null) {
      const end = changes.firstFrom(revision + around + 1);
      for (let at = changes.firstFrom(revision - around); at < end; at++) {
        if (inRange(this.keyOf(at), request.key, request.rangeEnd)) did.push(`  ${this.changeText(at)}`);
      }
    }
    return [
      ...(heard.length > 0 ? ['It heard:', ...heard.slice(0, linesMax)] : []),
      ...(did.length > 0 ? ['The store did:', ...did.slice(0, linesMax)] : []),
    ];
  }
}

/** `put(x, "2") of revision 7` */
export function eventText({ type, key, value, modRevision }: WatchEvent): string {
  const what = type === 'put' ? `put(${key}, ${JSON.stringify(value)})` : `delete(${key})`;
  return `${what} of revision ${modRevision}`;
}
