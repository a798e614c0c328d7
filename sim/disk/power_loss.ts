import type { Random } from '../../core/ports.ts';
import type { CrashMode } from '../trace/kinds.ts';
import type { SectorCounts, VirtualFile } from './virtual_file.ts';

/** What a power loss does to the bytes of files, each in its turn; `mode` is not 'random' any more. */
export function crashFiles(
  files: readonly VirtualFile[],
  mode: CrashMode,
  random: Random,
): { readonly counts: SectorCounts; readonly tornFiles: number } {
  const counts = { kept: 0, dropped: 0 };
  let tornFiles = 0;
  for (const file of files) {
    if (mode === 'keep') file.crashKeeping(counts);
    else if (mode === 'drop') file.crashDropping(counts);
    else if (file.crashTearing(random, counts)) tornFiles++;
  }
  return { counts, tornFiles };
}

// Tearing finds the most; a crash that keeps or drops all is what most people imagine.
export function drawMode(random: Random): CrashMode {
  const draw = random.below(4);
  return draw === 0 ? 'keep' : draw === 1 ? 'drop' : 'tear';
}
