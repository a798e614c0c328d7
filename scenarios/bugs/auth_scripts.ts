import type { BugScript } from './bug_script.ts';

export const authScripts: readonly BugScript[] = [];
