import type { Random } from '../../core/ports.ts';
import type { CrashMode } from '../trace/kinds.ts';
import type { Namespace } from './namespace.ts';
import type { FileOutcome } from './pending_sync.ts';

/**
 * What a power loss does to the bytes of files, each in its turn; `mode` is not 'random' any more. Returns those that had something
 * un-synced, in path order.
 */
export function crashFiles(names: Namespace, mode: CrashMode, random: Random): FileOutcome[] {
  const outcomes: FileOutcome[] = [];
  for (const file of names.files()) {
    const counts = { kept: 0, dropped: 0 };
    if (mode === 'keep') file.crashKeeping(counts);
    else if (mode === 'drop') file.crashDropping(counts);
    else file.crashTearing(random, counts);
    const { kept: keptSectors, dropped: droppedSectors } = counts;
    if (keptSectors + droppedSectors > 0) {
      outcomes.push({ path: names.pathOf(file), keptSectors, droppedSectors });
    }
  }
  return outcomes.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

// Tearing finds the most; a crash that keeps or drops all is what most people imagine.
export function drawMode(random: Random): CrashMode {
  const draw = random.below(4);
  return draw === 0 ? 'keep' : draw === 1 ? 'drop' : 'tear';
}
