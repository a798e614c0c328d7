import { Kind } from '../../sim/trace/kinds.ts';
import type { SyntheticCluster } from './synthetic_cluster.ts';

const ms = 1_000_000;
const keys = ['x', 'y', 'z'];

interface Call {
  readonly operation: number;
  readonly lane: number;
  readonly invoke: number;
  readonly key: string;
  readonly words: string;
  readonly put: boolean;
  answered: boolean;
}

/** Clients that read and write three registers in a loop, and the order in which their operations took effect. */
export class SyntheticClients {
  private readonly cluster: SyntheticCluster;
  private readonly members: number;
  private readonly clients: number;
  private readonly orders = new Map<string, number[]>();
  private readonly values = new Map<string, string>();
  private readonly writtenAtNs = new Map<string, number>();

  constructor(cluster: SyntheticCluster, members: number, clients: number) {
    this.cluster = cluster;
    this.members = members;
    this.clients = clients;
  }

  start(): void {
    for (let client = 1; client <= this.clients; client++) {
      this.cluster.queue.after((1200 + 40 * client) * ms, () => this.next(this.members + client));
    }
  }

  orderByKey(): { key: string; operations: number[] }[] {
    return keys.map((key) => ({ key, operations: this.orders.get(key) ?? [] }));
  }

  private next(lane: number): void {
    const { trace, random, queue } = this.cluster;
    const operation = this.cluster.operations++;
    const key = keys[random(keys.length)] as string;
    const put = random(2) === 0;
    const value = String(operation);
    const text = JSON.stringify(put ? { key, value } : { key });
    const invoke = trace.add(
      Kind.invoke,
      lane,
      -1,
      operation,
      lane - this.members,
      put ? 0 : 1,
      trace.string(text),
    );
    const call: Call = { operation, lane, invoke, key, words: value, put, answered: false };
    queue.after(900 * ms, () => this.answer(call, 2, -1, ''));
    this.request(call);
  }

  private request(call: Call): void {
    const { cluster } = this;
    const target = cluster.leader() ?? cluster.members[cluster.random(this.members)];
    if (target === undefined) return;
    const send = cluster.trace.add(Kind.requestSend, call.lane, call.invoke, target.number, call.operation);
    cluster.travel(call.lane, target.number, (reason) => {
      if (reason >= 0 || !target.up) {
        const why = target.up ? reason : 2;
        cluster.trace.add(Kind.requestDrop, target.number, send, call.lane, call.operation, why);
        return;
      }
      const deliver = cluster.trace.add(Kind.requestDeliver, target.number, send, call.lane, call.operation);
      if (target.role !== 3) {
        this.respond(call, target.number, deliver, 1, '{"error":"not leader"}');
        return;
      }
      cluster.propose(target, deliver, (cause) => this.applied(call, target.number, cause));
    });
  }

  private applied(call: Call, member: number, cause: number): void {
    const order = this.orders.get(call.key) ?? [];
    this.orders.set(call.key, order);
    const before = this.values.get(call.key);
    if (call.put) {
      this.values.set(call.key, call.words);
      this.writtenAtNs.set(call.key, this.cluster.queue.nowNs);
      order.push(call.operation);
      this.respond(call, member, cause, 0, '{}');
      return;
    }
    const { cluster } = this;
    if (cluster.violationAtEvent >= 0 && cluster.trace.length > cluster.violationAtEvent && before) {
      cluster.violationAtEvent = -1;
      this.stale(call, member, cause, before);
      return;
    }
    order.push(call.operation);
    this.respond(call, member, cause, 0, JSON.stringify({ value: before ?? null }));
  }

  private stale(call: Call, member: number, cause: number, current: string): void {
    const stale = String(Math.max(0, Number(current) - 9));
    this.respond(call, member, cause, 0, JSON.stringify({ value: stale }));
    const { cluster } = this;
    this.orders.set(call.key, []);
    const violation = {
      check: 'linearizability',
      atNs: cluster.queue.nowNs,
      sentence: `get(${call.key}) = ${stale} can't be placed: put(${call.key}, ${current}) had returned before it began.`,
      lines: [
        `put(${call.key}, ${current}) returned at ${((this.writtenAtNs.get(call.key) ?? 0) / 1e9).toFixed(3)} s`,
        `get(${call.key}) began later and returned the older value ${stale}`,
        'no order of the operations explains both answers',
      ],
      operations: [call.operation, Number(current)],
      events: [call.invoke],
    };
    cluster.violations.push(violation);
    cluster.trace.add(Kind.violation, 0, -1, cluster.trace.string(JSON.stringify(violation)));
  }

  private respond(call: Call, member: number, cause: number, status: number, text: string): void {
    const { cluster } = this;
    const send = cluster.trace.add(Kind.responseSend, member, cause, call.lane, call.operation);
    cluster.travel(member, call.lane, (reason) => {
      if (reason >= 0) {
        cluster.trace.add(Kind.requestDrop, call.lane, send, member, call.operation, reason);
        return;
      }
      cluster.trace.add(Kind.responseDeliver, call.lane, send, member, call.operation);
      this.answer(call, status, cluster.revision, text);
    });
  }

  private answer(call: Call, status: number, revision: number, text: string): void {
    if (call.answered) return;
    call.answered = true;
    const { trace, statusCounts, queue, random } = this.cluster;
    statusCounts[status] = (statusCounts[status] ?? 0) + 1;
    trace.add(
      Kind.return,
      call.lane,
      call.invoke,
      call.operation,
      status,
      revision,
      trace.string(text || '{}'),
    );
    queue.after((10 + random(60)) * ms, () => this.next(call.lane));
  }
}
