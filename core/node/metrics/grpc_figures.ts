import type { UntypedHandleCall } from '@grpc/grpc-js';
import { Counter, Histogram, type Registry } from 'prom-client';
import { codeNames } from '../grpc/code_names.ts';
import { methodName, serviceName } from '../grpc/method.ts';
import type { ServedMethod } from '../grpc/unary.ts';

const okCode = 0;
const cancelledCode = 1;
const unknownCode = 2;
/** Prometheus' own. */
const secondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts of one method. Plain numbers: they are counted for every call, and read once in a while. */
class MethodFigures {
  readonly labels: Readonly<Record<'grpc_method' | 'grpc_service' | 'grpc_type', string>>;
  started = 0;
  received = 0;
  sent = 0;
  /** By code. */
  readonly handled: number[] = codeNames.map(() => 0);

  constructor({ definition: { path, requestStream, responseStream } }: ServedMethod) {
    const type = requestStream ? 'bidi_stream' : responseStream ? 'server_stream' : 'unary';
    this.labels = { grpc_method: methodName(path), grpc_service: serviceName(path), grpc_type: type };
  }
}

/** What a wrapped handler sees of a stream. */
interface StreamCall {
  once(event: 'finish' | 'cancelled', listener: () => void): unknown;
  once(event: 'error', listener: (error: { readonly code?: number }) => void): unknown;
}

type UnaryCallback = (error: { readonly code?: number } | null, ...rest: unknown[]) => void;

/** Calls of gRPC under the names that Go's servers use (grpc-prometheus): started, handled by code, messages; on demand the time that they took. */
export class GrpcFigures {
  private readonly methods: MethodFigures[] = [];
  private readonly seconds: Histogram | null;

  constructor(registry: Registry, measuresTime: boolean) {
    const registers = [registry];
    const labelNames = ['grpc_method', 'grpc_service', 'grpc_type'];
    const add = (name: string, help: string, value: (figures: MethodFigures) => number): void => {
      const counter: Counter = new Counter({
        name: `grpc_server_${name}_total`,
        help,
        labelNames,
        registers,
        collect: (): void => {
          counter.reset();
          for (const figures of this.methods) counter.inc(figures.labels, value(figures));
        },
      });
    };
    add('started', 'Calls that began.', ({ started }) => started);
    add('msg_received', 'Messages of clients.', ({ received }) => received);
    add('msg_sent', 'Messages to clients.', ({ sent }) => sent);
    const handled: Counter = new Counter({
      name: 'grpc_server_handled_total',
      help: 'Calls that ended, whatever the outcome.',
      labelNames: ['grpc_code', ...labelNames],
      registers,
      collect: (): void => {
        handled.reset();
        for (const { labels, handled: counts } of this.methods)
          for (const [code, count] of counts.entries())
            handled.inc({ grpc_code: codeNames[code] as string, ...labels }, count);
      },
    });
    this.seconds = !measuresTime
      ? null
      : new Histogram({
          name: 'grpc_server_handling_seconds',
          help: 'How long calls took.',
          labelNames,
          buckets: secondsBuckets,
          registers,
        });
  }

  /** The same method, counted. */
  counted(method: ServedMethod): ServedMethod {
    const figures = new MethodFigures(method);
    this.methods.push(figures);
    const { requestDeserialize, responseSerialize, ...rest } = method.definition;
    return {
      definition: {
        ...rest,
        requestDeserialize(bytes) {
          figures.received++;
          return requestDeserialize(bytes);
        },
        responseSerialize(value) {
          figures.sent++;
          return responseSerialize(value);
        },
      },
      handler: this.countedHandler(method, figures),
    };
  }

  private countedHandler({ definition, handler }: ServedMethod, figures: MethodFigures): UntypedHandleCall {
    const handle = handler as (call: unknown, callback?: UnaryCallback) => void;
    const begin = (): ((code: number) => void) => {
      const startedMs = this.seconds === null ? 0 : performance.now();
      figures.started++;
      let hasEnded = false;
      return (code) => {
        if (hasEnded) return;
        hasEnded = true;
        const index = code in codeNames ? code : unknownCode;
        figures.handled[index] = (figures.handled[index] ?? 0) + 1;
        this.seconds?.observe(figures.labels, (performance.now() - startedMs) / 1000);
      };
    };
    if (!definition.requestStream && !definition.responseStream) {
      const unary = (call: unknown, callback: UnaryCallback): void => {
        const end = begin();
        handle(call, (error, ...answer) => {
          end(error === null ? okCode : (error.code ?? unknownCode));
          callback(error, ...answer);
        });
      };
      return unary as unknown as UntypedHandleCall;
    }
    return (call: unknown): void => {
      const end = begin();
      const stream = call as StreamCall;
      stream.once('finish', () => end(okCode));
      stream.once('cancelled', () => end(cancelledCode));
      stream.once('error', ({ code = unknownCode }) => end(code));
      handle(call);
    };
  }
}
