import type { Duplex } from 'node:stream';
import {
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { requestBytesMax } from '../../limits.ts';
import type { MemberHost } from '../host/member_host.ts';
import type { GrpcFigures } from '../metrics/grpc_figures.ts';
import type { Credentials } from './credentials.ts';
import type { LeaderMonitor } from './leader_monitor.ts';
import { leaseKeepAliveMethod } from './lease_keep_alive.ts';
import { methodName, serviceName } from './method.ts';
import { snapshotMethod } from './snapshot.ts';
import { type ServedMethod, unaryMethods } from './unary.ts';
import { watchMethod } from './watch.ts';

/** A message may be this much larger than a request (etcd: grpcOverheadBytes). */
const overheadBytes = 512 * 1024;
const uint32Max = 2 ** 32 - 1;
/** Memory of one connection for streams and headers, in MB: thousands of watches share one. */
const sessionMemoryMb = 1024;

/** The services of etcd that are methods of the member. */
export function memberMethods(
  host: MemberHost,
  credentials: Credentials,
  monitor: LeaderMonitor,
): readonly ServedMethod[] {
  return [
    ...unaryMethods(host, credentials),
    leaseKeepAliveMethod(host, credentials, monitor),
    watchMethod(host, credentials, monitor),
    snapshotMethod(host, credentials),
  ];
}

export function newGrpcServer(): Server {
  return new Server({
    'grpc.max_receive_message_length': requestBytesMax + overheadBytes,
    'grpc.max_send_message_length': -1,
    'grpc.max_concurrent_streams': uint32Max,
    'grpc-node.max_session_memory': sessionMemoryMb,
  });
}

/** Told of the size of each message. */
export interface MessageBytes {
  received(count: number): void;
  sent(count: number): void;
}

function counted(definition: ServedMethod['definition'], bytes: MessageBytes): ServedMethod['definition'] {
  return {
    ...definition,
    requestDeserialize(message) {
      bytes.received(message.length);
      return definition.requestDeserialize(message);
    },
    responseSerialize(value) {
      const message = definition.responseSerialize(value);
      bytes.sent(message.length);
      return message;
    },
  };
}

/** Adds methods to the server, service by service. */
export function addMethods(
  server: Server,
  methods: readonly ServedMethod[],
  { bytes, calls }: { readonly bytes: MessageBytes; readonly calls: GrpcFigures },
): void {
  const services = new Map<string, ServedMethod[]>();
  for (const plain of methods) {
    const method = calls.counted(plain);
    const name = serviceName(method.definition.path);
    services.set(name, [...(services.get(name) ?? []), method]);
  }
  for (const list of services.values()) {
    const definition: Record<string, ServedMethod['definition']> = {};
    const implementation: UntypedServiceImplementation = {};
    for (const method of list) {
      const name = methodName(method.definition.path);
      definition[name] = counted(method.definition, bytes);
      implementation[name] = method.handler;
    }
    server.addService(definition as unknown as ServiceDefinition, implementation);
  }
}

/** Takes connections that others have accepted, and found to speak HTTP/2. */
export interface ConnectionInjector {
  injectConnection(connection: Duplex): void;
  drain(graceMs: number): void;
  destroy(): void;
}

export function injectorOf(server: Server): ConnectionInjector {
  return server.createConnectionInjector(ServerCredentials.createInsecure());
}
