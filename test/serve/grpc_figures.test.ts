import { EventEmitter } from 'node:events';
import type { UntypedHandleCall } from '@grpc/grpc-js';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { codeNames } from '../../core/node/grpc/code_names.ts';
import { methodOf } from '../../core/node/grpc/method.ts';
import { type ServedMethod, served } from '../../core/node/grpc/unary.ts';
import { GrpcFigures } from '../../core/node/metrics/grpc_figures.ts';
import { rpcs, watchRpc } from '../../core/server/api/index.ts';

type Called = (call: unknown, callback?: (error: unknown, value?: unknown) => void) => void;

const put = (handler: Called): ServedMethod =>
  served(methodOf(rpcs.put, 'unary'), handler as unknown as UntypedHandleCall);
const watch = (handler: Called): ServedMethod =>
  served(methodOf(watchRpc, 'bothStream'), handler as unknown as UntypedHandleCall);

function call(method: ServedMethod, on: unknown = {}): void {
  (method.handler as unknown as Called)(on, () => undefined);
}

describe('figures of gRPC calls', () => {
  it('count what began, what ended and how, and messages', async () => {
    const registry = new Registry();
    const figures = new GrpcFigures(registry, false);
    const outcomes = [null, { code: 5 }, {}, { code: 99 }];
    const unary = figures.counted(put((_, callback) => callback?.(outcomes.shift() ?? null)));
    for (let i = 0; i < 4; i++) call(unary);
    unary.definition.requestDeserialize(Buffer.alloc(0));
    const text = await registry.metrics();
    const labels = 'grpc_method="Put",grpc_service="etcdserverpb.KV",grpc_type="unary"';
    for (const line of [
      `grpc_server_started_total{${labels}} 4`,
      `grpc_server_msg_received_total{${labels}} 1`,
      `grpc_server_handled_total{grpc_code="OK",${labels}} 1`,
      `grpc_server_handled_total{grpc_code="NotFound",${labels}} 1`,
      `grpc_server_handled_total{grpc_code="Unknown",${labels}} 2`,
      `grpc_server_handled_total{grpc_code="Canceled",${labels}} 0`,
    ])
      expect(text).toContain(`${line}\n`);
    expect(text).not.toContain('handling_seconds');
    expect(codeNames.length).toBe(17);
  });

  it('count a stream once, however it ends', async () => {
    const registry = new Registry();
    const figures = new GrpcFigures(registry, true);
    const stream = figures.counted(watch(() => undefined));
    for (const [event, value] of [['finish'], ['cancelled'], ['error', { code: 14 }]] as const) {
      const one = new EventEmitter();
      call(stream, one);
      one.emit(event, value);
      one.emit('cancelled');
    }
    const text = await registry.metrics();
    const labels = 'grpc_method="Watch",grpc_service="etcdserverpb.Watch",grpc_type="bidi_stream"';
    expect(text).toContain(`grpc_server_started_total{${labels}} 3\n`);
    for (const code of ['OK', 'Canceled', 'Unavailable'])
      expect(text).toContain(`grpc_server_handled_total{grpc_code="${code}",${labels}} 1\n`);
    expect(text).toContain(`grpc_server_handling_seconds_count{${labels}} 3\n`);
  });
});
