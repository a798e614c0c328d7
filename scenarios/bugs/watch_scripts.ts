import type { BugScript } from './bug_script.ts';

export const watchScripts: readonly BugScript[] = [];
