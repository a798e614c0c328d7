/**
 * A run in Chrome's trace event format, which Perfetto (ui.perfetto.dev) and chrome://tracing open: a process per lane; members' roles and
 * clients' operations as slices, messages as arrows, fsyncs as spans, faults and violations as marks across all.
 */
import { Kind, argument, roleNames, statusNames } from './kinds.ts';
import { messageTypeNames } from './message_types.ts';
import type { RecordedEvents, RecordedRun } from './recorded.ts';

/** Threads of a member's process. Clients have one per history process. */
const Thread = { role: 1, messages: 2 } as const;

interface OpenSlice {
  readonly name: string;
  readonly startNs: number;
}

type Args = Readonly<Record<string, string | number>>;

/** Microseconds, as the format wants them; nanoseconds are the decimals. */
const micros = (ns: number): number => ns / 1000;

/** A message has no length of its own at its ends, but an arrow needs a slice to begin and end at. */
const endNs = 1000;

const roleRole = argument('role', 'role');
const roleTerm = argument('role', 'term');
const sendType = argument('send', 'type');
const syncFile = argument('syncStart', 'file');
const invokeProcess = argument('invoke', 'process');
const invokeText = argument('invoke', 'text');
const returnStatus = argument('return', 'status');

class Writer {
  private readonly trace: RecordedEvents;
  private readonly lines: string[] = [];
  private readonly roles = new Map<number, OpenSlice>();
  private readonly returns: Int32Array;

  constructor(trace: RecordedEvents) {
    this.trace = trace;
    this.returns = new Int32Array(trace.length).fill(-1);
    for (let event = 0; event < trace.length; event++) {
      if (trace.kinds[event] === Kind.return) this.returns[trace.causes[event] as number] = event;
    }
  }

  take(): string[] {
    return this.lines.splice(0);
  }

  name(pid: number, name: string, isMember: boolean): void {
    this.put({ ph: 'M', name: 'process_name', pid, tid: 0, args: { name } });
    this.put({ ph: 'M', name: 'process_sort_index', pid, tid: 0, args: { sort_index: pid } });
    if (!isMember) return;
    this.put({ ph: 'M', name: 'thread_name', pid, tid: Thread.role, args: { name: 'role' } });
    this.put({ ph: 'M', name: 'thread_name', pid, tid: Thread.messages, args: { name: 'messages' } });
  }

  event(event: number, lastNs: number): void {
    const { trace } = this;
    const kind = trace.kinds[event] as number;
    const pid = trace.lanes[event] as number;
    const atNs = trace.timesNs[event] as number;
    switch (kind) {
      case Kind.role:
        this.endRole(pid, atNs);
        this.roles.set(pid, { name: this.roleName(event), startNs: atNs });
        return;
      case Kind.crash:
      case Kind.failed:
      case Kind.stopped:
        this.endRole(pid, atNs);
        this.mark(
          pid,
          atNs,
          kind === Kind.crash ? 'crash' : kind === Kind.failed ? 'failed' : 'stopped',
          'p',
        );
        return;
      case Kind.syncStart:
        this.put({ ...this.sync(event, pid), ph: 'b', ts: micros(atNs) });
        return;
      case Kind.syncDone:
        this.put({ ...this.sync(trace.causes[event] as number, pid), ph: 'e', ts: micros(atNs) });
        return;
      case Kind.invoke:
        this.operation(event, pid, atNs, lastNs);
        return;
      case Kind.intervene:
      case Kind.violation:
        this.mark(pid, atNs, trace.text(event, 0), 'g');
        return;
      default:
        this.message(event, kind, pid, atNs);
    }
  }

  finish(lastNs: number): void {
    for (const lane of this.roles.keys()) this.endRole(lane, lastNs);
  }

  private roleName(event: number): string {
    const { trace } = this;
    return `${roleNames[trace.arg(event, roleRole)] ?? 'unknown'}, term ${trace.arg(event, roleTerm)}`;
  }

  private endRole(pid: number, atNs: number): void {
    const open = this.roles.get(pid);
    if (open === undefined) return;
    this.roles.delete(pid);
    this.slice(pid, Thread.role, open.name, open.startNs, atNs, {});
  }

  private operation(event: number, pid: number, atNs: number, lastNs: number): void {
    const { trace } = this;
    const end = this.returns[event] as number;
    const until = end < 0 ? lastNs : (trace.timesNs[end] as number);
    const status = end < 0 ? 'unknown' : (statusNames[trace.arg(end, returnStatus)] ?? 'unknown');
    const args = { operation: trace.arg(event, 0), status };
    this.slice(pid, trace.arg(event, invokeProcess), trace.text(event, invokeText), atNs, until, args);
  }

  private message(event: number, kind: number, pid: number, atNs: number): void {
    const { trace } = this;
    const send = trace.causes[event] as number;
    if (kind === Kind.send || kind === Kind.requestSend || kind === Kind.responseSend) {
      const name = this.messageName(event);
      this.slice(pid, Thread.messages, name, atNs, atNs + endNs, { event });
      this.put({ ...flow(event, pid, atNs), ph: 's' });
    } else if (kind === Kind.deliver || kind === Kind.requestDeliver || kind === Kind.responseDeliver) {
      this.slice(pid, Thread.messages, `${this.messageName(send)} arrives`, atNs, atNs + endNs, { event });
      this.put({ ...flow(send, pid, atNs), ph: 'f', bp: 'e' });
    } else if (kind === Kind.drop || kind === Kind.requestDrop) {
      this.mark(pid, atNs, `${this.messageName(send)} lost`, 't');
    }
  }

  private messageName(send: number): string {
    const { trace } = this;
    const kind = trace.kinds[send];
    if (kind === undefined) return 'message';
    if (kind === Kind.send) return messageTypeNames[trace.arg(send, sendType)] ?? 'message';
    return kind === Kind.requestSend ? 'request' : 'response';
  }

  private sync(start: number, pid: number): Args {
    const { trace } = this;
    return { name: `fsync ${trace.text(start, syncFile)}`, cat: 'disk', id: start, pid, tid: 0 };
  }

  private slice(pid: number, tid: number, name: string, startNs: number, untilNs: number, args: Args): void {
    const dur = micros(Math.max(0, untilNs - startNs));
    this.put({ ph: 'X', name, cat: 'detcd', pid, tid, ts: micros(startNs), dur, args });
  }

  private mark(pid: number, atNs: number, name: string, scope: 'g' | 'p' | 't'): void {
    this.put({ ph: 'i', name, cat: 'detcd', pid, tid: Thread.messages, ts: micros(atNs), s: scope });
  }

  private put(event: Readonly<Record<string, string | number | Args>>): void {
    this.lines.push(JSON.stringify(event));
  }
}

function flow(id: number, pid: number, atNs: number): Args {
  return { name: 'message', cat: 'message', id, pid, tid: Thread.messages, ts: micros(atNs) };
}

const eventsPerPiece = 2000;

/** The whole file in pieces. */
export function* chromeTrace({ info, trace }: RecordedRun): Generator<string, void> {
  const { build, scenario, seed, digest } = info;
  const otherData = JSON.stringify({ build, scenario, seed, digest });
  yield `{"displayTimeUnit":"ns","otherData":${otherData},"traceEvents":[\n`;
  const lastNs = trace.length === 0 ? 0 : (trace.timesNs[trace.length - 1] as number);
  const writer = new Writer(trace);
  for (const { id, name, kind } of info.lanes) writer.name(id, name, kind === 'member');
  let separator = '';
  const piece = (): string => {
    const lines = writer.take();
    if (lines.length === 0) return '';
    const text = separator + lines.join(',\n');
    separator = ',\n';
    return text;
  };
  for (let event = 0; event < trace.length; event++) {
    writer.event(event, lastNs);
    if (event % eventsPerPiece === eventsPerPiece - 1) yield piece();
  }
  writer.finish(lastNs);
  yield `${piece()}\n]}\n`;
}
