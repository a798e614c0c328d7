import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { once } from 'node:events';
import { toBytes } from '../../../base/bytes.ts';
import { type SnapshotResponse, snapshotRpc } from '../../../server/api/index.ts';
import { errorOf } from '../client/channel.ts';
import type { CtlClient } from '../client/ctl_client.ts';
import { errorText } from '../client/error_text.ts';
import { CtlFailure, ctlExit, fileReason } from '../failure.ts';

/** Only their owner may look at what users have stored. */
const fileMode = 0o600;

function failed(reason: string): CtlFailure {
  return new CtlFailure(ctlExit.io, reason);
}

/** Writes what the member sends to a file that has its name only when it is complete and on the disk. */
export async function saveSnapshot(client: CtlClient, path: string): Promise<void> {
  const making = `${path}.part`;
  const file = open(making);
  let isWhole = false;
  try {
    const direct = await client.direct();
    if (direct === null) throw failed(errorText(null));
    const { channel, token } = direct;
    const stream = channel.download(snapshotRpc, {}, token);
    let failure: CtlFailure | null = null;
    stream.on('data', ({ blob }: SnapshotResponse) => {
      try {
        writeAll(file, toBytes(blob));
      } catch (error) {
        failure ??= failed(fileReason('write', making, error));
        stream.cancel();
      }
    });
    try {
      await once(stream, 'end');
    } catch (error) {
      throw failure ?? failed(errorText(errorOf(error as object)));
    }
    if (failure !== null) throw failure;
    fsyncSync(file);
    isWhole = true;
  } finally {
    closeSync(file);
    if (!isWhole) rmSync(making, { force: true });
  }
  try {
    renameSync(making, path);
  } catch (error) {
    throw failed(`could not rename ${making} to ${path} (${fileReason('rename', path, error)})`);
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'w', fileMode);
  } catch (error) {
    throw failed(`could not open ${path} (${fileReason('open', path, error)})`);
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}
