import type { V2Action } from './operation.ts';
import { parentOf } from './tree.ts';

const removals: readonly V2Action[] = ['delete', 'compareAndDelete', 'expire'];

export function isRemoval(action: V2Action): boolean {
  return removals.includes(action);
}

export function isBelow(path: string, directory: string): boolean {
  return path.startsWith(directory === '/' ? '/' : `${directory}/`) && path !== directory;
}

/** Whether a name between them begins with `_`: who watches the directory does not hear of it. */
export function isHiddenBelow(path: string, directory: string): boolean {
  for (let each = path; each !== directory && each !== '/'; each = parentOf(each)) {
    if (each.startsWith('_', each.lastIndexOf('/') + 1)) return true;
  }
  return false;
}
