import type { BugScript } from './bug_script.ts';

export const storageScripts: readonly BugScript[] = [];
