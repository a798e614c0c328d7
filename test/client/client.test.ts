import { describe, expect, it } from 'vitest';
import { fromText } from '../../core/base/bytes.ts';
import { type NodeId, type RequestId, nodeId } from '../../core/base/ids.ts';
import { type CallOutcome, Client, type ClientPorts } from '../../core/client/client.ts';
import type { ClientRequest } from '../../core/server/api/index.ts';
import { errors, revisionHeader } from '../../core/server/api/index.ts';

const timeoutMs = 1000;
const put: ClientRequest = { kind: 'put', put: { key: fromText('x'), value: fromText('1') } };
const get: ClientRequest = { kind: 'range', range: { key: fromText('x') } };

class World implements ClientPorts {
  readonly sent: NodeId[] = [];
  readonly completed: (readonly [RequestId, CallOutcome])[] = [];
  readonly timers: number[] = [];
  readonly clock = { nowNs: () => 0, armTimer: (token: number) => void this.timers.push(token) };

  send(to: NodeId): void {
    this.sent.push(to);
  }

  complete(id: RequestId, outcome: CallOutcome): void {
    this.completed.push([id, outcome]);
  }
}

function client(start = 0): { world: World; client: Client } {
  const world = new World();
  return { world, client: new Client(world, [1, 2, 3].map(nodeId), start, timeoutMs) };
}

describe('client', () => {
  it('stays with an endpoint that answers', () => {
    const { world, client: asking } = client(1);
    for (let i = 0; i < 3; i++) {
      const id = asking.call(put);
      asking.onResponse(id, { kind: 'put', put: { header: revisionHeader(2 + i) } });
    }
    expect(world.sent).toEqual([2, 2, 2]);
    expect(world.completed.map(([, outcome]) => outcome.status)).toEqual(['ok', 'ok', 'ok']);
  });

  it('does not know what became of a write that was not answered, and goes to the next endpoint', () => {
    const { world, client: asking } = client();
    const id = asking.call(put);
    asking.onTimer(id);
    expect(world.completed).toEqual([[id, { status: 'unknown', message: 'no answer within 1000 ms' }]]);
    expect(asking.endpoint).toBe(2);
    asking.onResponse(id, { kind: 'put', put: { header: revisionHeader(2) } });
    expect(world.completed.length).toBe(1);
  });

  it('knows that an unanswered read changed nothing', () => {
    const { world, client: asking } = client();
    asking.onTimer(asking.call(get));
    expect(world.completed[0]?.[1].status).toBe('fail');
  });

  it('knows that a refused connection, and an error before the proposal, changed nothing', () => {
    const { world, client: asking } = client();
    asking.onRefused(asking.call(put));
    expect(asking.endpoint).toBe(2);
    asking.onResponse(asking.call(put), errors.emptyKey);
    expect(asking.endpoint).toBe(2);
    asking.onResponse(asking.call(put), errors.noLeader);
    expect(asking.endpoint).toBe(3);
    expect(world.completed.map(([, outcome]) => outcome.status)).toEqual(['fail', 'fail', 'fail']);
  });

  it('takes an error after the proposal as an open outcome', () => {
    const { world, client: asking } = client();
    asking.onResponse(asking.call(put), errors.timeout);
    expect(world.completed[0]?.[1]).toEqual({ status: 'unknown', message: errors.timeout.message });
  });

  it('moves on once for two failures of the same endpoint', () => {
    const { client: asking } = client();
    const first = asking.call(put);
    const second = asking.call(put);
    asking.onTimer(first);
    asking.onTimer(second);
    expect(asking.endpoint).toBe(2);
  });
});
