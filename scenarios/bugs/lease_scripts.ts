import type { BugScript } from './bug_script.ts';

export const leaseScripts: readonly BugScript[] = [];
