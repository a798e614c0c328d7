import type { BugScript } from './bug_script.ts';

export const raftScripts: readonly BugScript[] = [];
