import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Server } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation } from 'grpc-health-check';
import type { Log } from '../../ports.ts';
import { serviceName } from './method.ts';
import type { ServedMethod } from './unary.ts';

/** The messages as .proto files, for those who ask what there is; the wire itself goes by the tables. */
export const protoFiles = [
  'kv.proto',
  'auth.proto',
  'rpc.proto',
  'v3lock.proto',
  'v3election.proto',
] as const;

/** Beside this file's folder in the sources; the compiled code finds them there, too, or beside itself. */
const protoFolders = ['../proto/', '../../../../core/node/proto/'];

/** The folder of the .proto files, null if they were not delivered. */
export function protoFolder(): string | null {
  const folders = protoFolders.map((folder) => fileURLToPath(new URL(folder, import.meta.url)));
  return folders.find((folder) => existsSync(`${folder}rpc.proto`)) ?? null;
}

/** Health checks and reflection, beside the services of etcd. */
export function addInformation(server: Server, methods: readonly ServedMethod[], log: Log): void {
  const services = [...new Set(methods.map(({ definition }) => serviceName(definition.path)))];
  const serving = ['', ...services].map((name) => [name, 'SERVING'] as const);
  new HealthImplementation(Object.fromEntries(serving)).addToServer(server);
  const folder = protoFolder();
  if (folder === null) {
    log.line('warning', 'reflection is off: core/node/proto was not found');
    return;
  }
  const definition = loadSync([...protoFiles], { includeDirs: [folder], keepCase: true });
  new ReflectionService(definition, { services }).addToServer(server);
}
