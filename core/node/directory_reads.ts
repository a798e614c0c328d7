import { closeSync, fstatSync, openSync, readSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compareStrings } from '../base/bytes.ts';
import { DiskError, type DiskErrorCode } from '../ports.ts';

/** Reads go through one buffer of this size, and blocks of zeros are not copied. */
const blockBytes = 1024 * 1024;
const zeros = Buffer.alloc(blockBytes);

/** The real path of a port's path. Throws DiskError if it would lead out of the directory. */
export function pathInside(root: string, path: string): string {
  const parts = path.split('/');
  if (path.startsWith('/') || path.includes('\0') || parts.includes('..')) {
    throw new DiskError('ENOENT', path, 'a path outside of the directory:');
  }
  return join(root, ...parts);
}

/** The port's code for an error of the operating system; what has none of its own is an input/output error. */
export function diskErrorCode(error: unknown): DiskErrorCode {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'ENOENT';
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') return 'ENOSPC';
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') return 'EROFS';
  return 'EIO';
}

/**
 * Reads a part of a file, fewer bytes at its end. A log's file is 64 MB of which most are zeros: those blocks are never touched in
 * the result, so they take no memory. Throws DiskError.
 */
export function readPart(root: string, path: string, offsetBytes: number, lengthBytes: number): Uint8Array {
  let descriptor = -1;
  try {
    descriptor = openSync(pathInside(root, path), 'r');
    const size = fstatSync(descriptor).size;
    return readBlocks(descriptor, offsetBytes, Math.max(0, Math.min(lengthBytes, size - offsetBytes)));
  } catch (error) {
    if (error instanceof DiskError) throw error;
    throw new DiskError(diskErrorCode(error), path, 'read');
  } finally {
    if (descriptor >= 0) closeSync(descriptor);
  }
}

function readBlocks(descriptor: number, start: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const block = Buffer.allocUnsafe(Math.min(blockBytes, length));
  let at = 0;
  while (at < length) {
    const wanted = Math.min(block.length, length - at);
    const got = readSync(descriptor, block, 0, wanted, start + at);
    // Somebody cut the file off meanwhile.
    if (got === 0) return bytes.subarray(0, at);
    if (block.compare(zeros, 0, got, 0, got) !== 0) bytes.set(block.subarray(0, got), at);
    at += got;
  }
  return bytes;
}

/** Size in bytes; -1 if there is no such file, or it is a directory. */
export function fileSize(root: string, path: string): number {
  const found = statSync(pathInside(root, path), { throwIfNoEntry: false });
  return found?.isFile() === true ? found.size : -1;
}

/** Names in byte order; empty if there is no such directory. Throws DiskError. */
export function namesIn(root: string, path: string): readonly string[] {
  try {
    return readdirSync(pathInside(root, path)).sort(compareStrings);
  } catch (error) {
    const code = diskErrorCode(error);
    if (code === 'ENOENT') return [];
    throw new DiskError(code, path, 'list');
  }
}
