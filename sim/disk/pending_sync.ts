import type { DiskErrorCode, Token } from '../../core/ports.ts';
import type { CrashMode } from '../trace/kinds.ts';
import type { NameChange } from './namespace.ts';
import type { Ranges } from './ranges.ts';
import type { VirtualFile } from './virtual_file.ts';

/** A sync between its submission and its completion, with what it promised to make durable. */
export interface PendingSync {
  readonly id: number;
  readonly token: Token;
  readonly path: string;
  /** Null for a directory. */
  readonly file: VirtualFile | null;
  readonly ranges: Ranges;
  readonly size: number;
  readonly changes: readonly NameChange[];
  readonly writeError: DiskErrorCode | null;
  /** It had to be made durable before its time. */
  hardened: boolean;
  /** Whoever asked for it is gone: it is done, and nobody is told. */
  abandoned: boolean;
  /** It was scheduled a second time, after a stall: completions may come out of turn, and are void then. */
  moved: boolean;
}

export interface SyncCompletion {
  readonly token: Token;
  readonly error: DiskErrorCode | null;
}

/** What a crash did to what had not been synced. */
export interface CrashOutcome {
  /** 'random' is replaced by what was drawn. */
  readonly mode: CrashMode;
  readonly keptSectors: number;
  readonly droppedSectors: number;
  /** Files of which some un-synced sectors were kept and others lost. */
  readonly tornFiles: number;
  readonly keptNames: number;
  readonly droppedNames: number;
  /** Files that had un-synced sectors, in path order. */
  readonly files: readonly FileOutcome[];
}

export interface FileOutcome {
  readonly path: string;
  readonly keptSectors: number;
  readonly droppedSectors: number;
}

/** `member/snap/db: kept 3, lost 2; 1 name lost`; empty if all was synced. */
export function crashWords({ files, keptNames, droppedNames }: CrashOutcome): string {
  const counts = (kept: number, dropped: number): string =>
    [...(kept > 0 ? [`kept ${kept}`] : []), ...(dropped > 0 ? [`lost ${dropped}`] : [])].join(', ');
  const parts = files.map((each) => `${each.path}: ${counts(each.keptSectors, each.droppedSectors)}`);
  if (keptNames + droppedNames > 0) parts.push(`names: ${counts(keptNames, droppedNames)}`);
  return parts.join('; ');
}
