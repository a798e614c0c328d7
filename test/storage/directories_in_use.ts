/** Directories and etcds that go when the test that asked for them ends. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { EtcdProcess, scratchDirectory } from '../etcd_process.ts';

/** A path in a new directory, where nothing is yet. */
export function newDirectory(): string {
  const directory = scratchDirectory();
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, 'data');
}

export async function startOn(directory: string, ...args: string[]): Promise<EtcdProcess> {
  const etcd = await EtcdProcess.start({ directory, args });
  onTestFinished(() => etcd.end('SIGKILL'));
  return etcd;
}
